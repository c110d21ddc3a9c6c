/**
 * npm run fuzz -- [--count 100000] [--seed N] [--language promql|logql|traceql]
 * Exits with 1 when an enforce function crashed or let an unmarked selector through; the seed repeats the run.
 */
import { parseArgs } from 'node:util';
import { fuzz, targets } from './fuzz/run.ts';

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '100000' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    language: { type: 'string', multiple: true, default: Object.keys(targets) },
  },
});
const count = Number(values.count);
const seed = Number(values.seed);
if (!Number.isInteger(count) || count < 1 || !Number.isInteger(seed)) {
  console.error('--count and --seed take whole numbers');
  process.exit(2);
}

console.log(`seed ${seed}`);
let failed = false;
for (const language of ['promql', 'logql', 'traceql'] as const) {
  if (!values.language.includes(language)) continue;
  const started = performance.now();
  const result = fuzz(language, count, seed, (done) => {
    console.log(`${language}: ${done}/${count}`);
  });
  const seconds = ((performance.now() - started) / 1_000).toFixed(1);
  console.log(
    `${language}: ${result.count} inputs, ${result.accepted} accepted, ${result.failures.length} failures, ${seconds} s`,
  );
  for (const { input, problem } of result.failures) {
    failed = true;
    console.log(`  ${JSON.stringify(input)}\n    ${problem}`);
  }
}
process.exitCode = failed ? 1 : 0;
