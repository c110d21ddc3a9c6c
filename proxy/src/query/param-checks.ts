// The forms of parameters that hold no query. A store parses them again; the checks are here so that what it gets
// is known, and so that a mistake is explained in one voice.

/** Says what is expected when the value is not that, and nothing when it is. */
export type Check = (value: string) => string | undefined;

const MAX_LENGTH = 1024;

const matching =
  (pattern: RegExp, expected: string): Check =>
  (value) =>
    value.length <= MAX_LENGTH && pattern.test(value) ? undefined : expected;

const NUMBER = String.raw`[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?`;
// Prometheus' own limits of time have years of nine digits, with a sign.
const RFC_3339 = String.raw`-?\d{4,9}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:\d\d)`;
// Go's units and Prometheus' own (days, weeks, years).
const DURATION = String.raw`[+-]?(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|ms|s|m|h|d|w|y))+`;

export const time = matching(
  new RegExp(`^(?:${NUMBER}|${RFC_3339})$`),
  'must be a Unix time, or an RFC 3339 time such as 2026-01-31T12:00:00Z',
);

export const duration = matching(
  new RegExp(`^(?:${NUMBER}|${DURATION})$`),
  'must be a duration such as 30s, or a number of seconds',
);

export const integer = matching(/^\d{1,18}$/, 'must be a whole number');

export const labelNames = matching(
  /^[A-Za-z_][A-Za-z0-9_]*(?:,[A-Za-z_][A-Za-z0-9_]*)*$/,
  'must be label names separated by commas',
);

/** A bare word; the store knows which ones mean something. */
export const word = matching(/^[A-Za-z0-9_-]+$/, 'must be one word');

export const lokiLabel = matching(/^[A-Za-z_][A-Za-z0-9_]*$/, 'must be a label name');

export const traceId = matching(/^[0-9a-fA-F]{1,32}$/, 'must be a trace id of up to 32 hex digits');

/** A name that a store compares and never parses: any text of a sane length. */
export const anyName: Check = (value) => (value.length <= MAX_LENGTH ? undefined : 'is too long');

export const oneOf =
  (...allowed: readonly string[]): Check =>
  (value) =>
    allowed.includes(value) ? undefined : `must be one of ${allowed.join(', ')}`;

/** For values that a store compares without regard to case. */
export const anyCase =
  (check: Check): Check =>
  (value) =>
    check(value.toLowerCase());
