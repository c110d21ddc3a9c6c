// One scale for how bad something is. Stores spell it in many ways: OpenTelemetry's texts and numbers, syslog's, Loki's
// own guess (`detected_level`), the status of a span.
import { Severity } from '@obstack/contracts/search';
import type { Comparison } from './language/query.ts';

/** Spellings besides the names themselves. */
const SPELLINGS: Readonly<Record<Severity, readonly string[]>> = {
  trace: ['trc', 'verbose'],
  debug: ['dbg'],
  info: ['information', 'informational', 'notice', 'inf'],
  warn: ['warning', 'wrn'],
  error: ['err'],
  fatal: ['critical', 'crit', 'alert', 'emerg', 'emergency', 'panic'],
};

const BY_SPELLING = new Map<string, Severity>(
  Severity.options.flatMap((level) => spellingsOf(level).map((text) => [text, level] as const)),
);

/** Every spelling of a level, lower case. */
export function spellingsOf(level: Severity): string[] {
  return [level, ...SPELLINGS[level]];
}

/** Null for what is not a level, `unknown` included. Takes `ERROR2` as OpenTelemetry has it. */
export function normalSeverity(text: string | undefined): Severity | null {
  if (text === undefined) return null;
  const lower = text.toLowerCase();
  return BY_SPELLING.get(lower) ?? BY_SPELLING.get(lower.replace(/[1-4]$/, '')) ?? null;
}

/** `>= warn` is warn, error and fatal. */
export function levelsFrom(comparison: Comparison, level: Severity): Severity[] {
  const at = Severity.options.indexOf(level);
  return Severity.options.filter((_, i) => {
    if (i === at) return comparison.endsWith('=');
    return comparison.startsWith('>') ? i > at : i < at;
  });
}
