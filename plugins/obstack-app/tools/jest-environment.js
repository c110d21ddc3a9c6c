// jsdom, and what else every browser has: Node's own.
const { TestEnvironment } = require('jest-environment-jsdom');

module.exports = class extends TestEnvironment {
  constructor(...args) {
    super(...args);
    Object.assign(this.global, { Headers, Request, Response });
  }
};
