// Workers start stacks beside each other, stop them, and start them again on the ports they had: so each worker takes its
// ports from a range of its own, and so does whoever set up the run. In the worker's own environment, not only in the
// one that tests see, since the commands they run inherit that.
const { TestEnvironment } = require('jest-environment-node');

const FIRST = 20_000;
const EACH = 3_000;
const RANGES = 4;

const worker = Number(process.env.JEST_WORKER_ID ?? 0);
const first = FIRST + (worker % RANGES) * EACH;
process.env.OBSTACK_FREE_PORTS ??= `${first}-${first + EACH - 1}`;

module.exports = TestEnvironment;
