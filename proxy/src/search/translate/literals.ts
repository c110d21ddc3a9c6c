// Values on their way into the text of a query: the only place where search writes a string or a regular expression.
// What it writes is one string literal to every reader, whatever the value holds; the enforcers then read it again.
import type { Pattern } from '../language/query.ts';

/** Control characters as LogQL and PromQL write them (Go's escapes); TraceQL has no such escapes. */
type Controls = 'escaped' | 'refused';

/** A double-quoted string literal that means `text`. Throws an Error for what no store can be asked for. */
export function literal(text: string, controls: Controls = 'refused'): string {
  if (!text.isWellFormed()) throw new Error('half of a character cannot be searched for');
  const escaped = text.replace(/["\\]/g, '\\$&');
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  const withControls = escaped.replace(/[\u0000-\u001f\u007f]/g, (char) => {
    if (controls === 'refused') throw new Error('a control character cannot be searched for');
    return `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
  return `"${withControls}"`;
}

/** RE2 for exactly this text (https://github.com/google/re2/wiki/Syntax). */
export const escapeRegex = (text: string): string => text.replace(/[\\.+*?()|[\]{}^$]/g, '\\$&');

/** RE2 for a glob, to be anchored by whoever reads it. */
export const globRegex = (glob: string): string => glob.split('*').map(escapeRegex).join('.*');

/** `="…"`, `!="…"`, `=~"…"` or `!~"…"`: all three languages anchor the regular expression. */
export function matches({ text, isGlob }: Pattern, isExcluded = false): string {
  if (isGlob) return `${isExcluded ? '!~' : '=~'}${literal(globRegex(text))}`;
  return `${isExcluded ? '!=' : '='}${literal(text)}`;
}

/** RE2 that finds `text` anywhere, in any case of letters, in a reader that anchors. */
export const containsRegex = (text: string): string => `(?is).*${escapeRegex(text)}.*`;

const UNITS = [
  ['h', 3600e9],
  ['m', 60e9],
  ['s', 1e9],
  ['ms', 1e6],
  ['us', 1e3],
  ['ns', 1],
] as const;

/** A duration of whole units, as all three languages read it. */
export function durationText(nanos: number): string {
  const [unit, size] = UNITS.find(([, each]) => nanos % each === 0) ?? (['ns', 1] as const);
  return `${nanos / size}${unit}`;
}

const SCOPE = /^(?:resource|span|event|scope|instrumentation)\./;

/** The label that Loki and Prometheus make of an attribute's name, which has no scope there. */
export function labelName(attribute: string): string {
  const name = attribute.replace(SCOPE, '').replace(/[^A-Za-z0-9_]/g, '_');
  return /^\d/.test(name) ? `_${name}` : name;
}
