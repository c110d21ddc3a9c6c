import { failureOf } from './failure';

const problem = (status: number, more: object = {}) =>
  JSON.stringify({ type: 'urn:obstack:problem:x', title: 'No', status, detail: 'Because.', requestId: 'r-1', ...more });

describe('failureOf', () => {
  it.each([
    [400, problem(400), 'invalid'],
    [403, problem(403), 'not-allowed'],
    [401, '{"message":"Unauthorized"}', 'not-allowed'],
    [404, '{"message":"plugin route match not found"}', 'not-configured'],
    [429, problem(429), 'rate-limited'],
    [502, '', 'unreachable'],
    [503, problem(503), 'unreachable'],
    [500, '<html>', 'failed'],
    // What Grafana itself finds wrong with a call is no mistake in the query.
    [400, '{"message":"bad request data"}', 'failed'],
  ])('%i %s is %s', (status, text, kind) => {
    expect(failureOf(status, text).kind).toBe(kind);
  });

  it('keeps what the service says, and where', () => {
    const text = problem(400, {
      errors: [{ location: 'query', message: 'm', fix: 'f', position: { offset: 3, line: 1, column: 4 } }],
    });
    const failure = failureOf(400, text);
    expect(failure.message).toBe('Because.');
    expect(failure.requestId).toBe('r-1');
    expect(failure.mistakes).toEqual([{ location: 'query', message: 'm', fix: 'f', offset: 3 }]);
  });

  it('says the status when nothing else is said', () => {
    expect(failureOf(502, '').message).toBe('HTTP 502');
  });
});
