// The language of the search box: words, "phrases" and `field:value`, each of which must hold; `-` in front excludes.
// Documented in docs/search.md.
import { Signal } from '@obstack/contracts';
import { SearchSource, Severity } from '@obstack/contracts/search';
import { didYouMean, fieldOf } from './fields.ts';
import type { Field } from './fields.ts';
import type { Comparison, Condition, Pattern, SearchQuery } from './query.ts';
import { SearchQueryError } from './search-query-error.ts';
import { levelsFrom, normalSeverity } from '../severity.ts';
import { wordsOf } from './words.ts';
import type { Value, Word } from './words.ts';

/** Each becomes part of a query to every store. */
const MAX_WORDS = 32;
const MAX_NANOS = 1e18;

const UNIT_NANOS: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  µs: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  h: 3600e9,
  d: 86_400e9,
};
const DURATION = /^(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h|d)$/;
const NUMBER = /^-?\d{1,15}(?:\.\d{1,9})?$/;
const COMPARISON = /^(>=|<=|>|<)(.*)$/s;

/** @throws SearchQueryError */
export function parseSearch(text: string): SearchQuery {
  const words = wordsOf(text);
  const tooMany = words[MAX_WORDS];
  if (tooMany) throw new SearchQueryError(tooMany.at, `more than ${MAX_WORDS} words`, 'leave some out');
  const conditions: Condition[] = [];
  let signals: Set<Signal> | undefined;
  let sources: Set<SearchSource> | undefined;
  for (const word of words) {
    const field = fieldIn(word);
    if (field === 'signal') (signals ??= new Set()).add(oneOf(word, Signal.options));
    else if (field === 'source') (sources ??= new Set()).add(oneOf(word, SearchSource.options));
    else conditions.push(conditionOf(word, field));
  }
  return { conditions, signals, sources };
}

/** Undefined for free text. @throws SearchQueryError for a name that looks like a slip */
function fieldIn({ field }: Word): Field | 'attribute' | undefined {
  if (!field) return undefined;
  if (field.isAttribute) return 'attribute';
  const known = fieldOf(field.name);
  if (known) return known;
  const meant = didYouMean(field.name);
  if (meant === undefined) return 'attribute';
  throw new SearchQueryError(
    field.at,
    `there is no field "${field.name}"`,
    `did you mean ${meant}:? An attribute of that name is written @${field.name}:`,
  );
}

function conditionOf(
  word: Word,
  field: Exclude<Field, 'signal' | 'source'> | 'attribute' | undefined,
): Condition {
  const { isExcluded, value } = word;
  switch (field) {
    case undefined:
      return textOf(word);
    case 'service':
    case 'name':
      refuseComparison(word, field);
      return { kind: field, pattern: patternOf(value), isExcluded };
    case 'level':
      return levelOf(word);
    case 'trace':
      return idOf(word, 'trace', 32);
    case 'span':
      return idOf(word, 'span', 16);
    case 'duration':
      return durationOf(word);
    case 'attribute':
      return attributeOf(word);
  }
}

function textOf({ at, isExcluded, value }: Word): Condition {
  if (!value.isQuoted) {
    if (value.text === 'AND') {
      throw new SearchQueryError(
        at,
        'AND is not needed',
        'leave it out: every word must hold; the word itself is "AND"',
      );
    }
    if (value.text === 'OR' || value.text === 'NOT') {
      const instead = value.text === 'NOT' ? 'write -word to exclude' : 'search for one, then for the other';
      throw new SearchQueryError(
        at,
        `there is no ${value.text}`,
        `${instead}; the word itself is "${value.text}"`,
      );
    }
  }
  return { kind: 'text', text: value.text, isExcluded };
}

const patternOf = ({ text, isQuoted }: Value): Pattern => ({ text, isGlob: !isQuoted && text.includes('*') });

function attributeOf(word: Word): Condition {
  const { isExcluded, value } = word;
  const name = word.field?.name ?? '';
  const compared = comparisonIn(value);
  if (!compared) return { kind: 'attribute', name, pattern: patternOf(value), isExcluded };
  refuseExcluded(word);
  const { comparison, operand, operandAt } = compared;
  const nanos = nanosOf(operand);
  if (nanos !== undefined) return { kind: 'compared', name, comparison, value: { durationNanos: nanos } };
  if (NUMBER.test(operand)) return { kind: 'compared', name, comparison, value: { number: operand } };
  throw new SearchQueryError(
    operandAt,
    `"${operand}" is neither a number nor a duration`,
    `write ${name}:${comparison}500 or ${name}:${comparison}500ms`,
  );
}

function durationOf(word: Word): Condition {
  const compared = comparisonIn(word.value);
  if (!compared) {
    throw new SearchQueryError(
      word.value.at,
      'a duration is compared',
      `write duration:>${nanosOf(word.value.text) === undefined ? '500ms' : word.value.text}`,
    );
  }
  refuseExcluded(word);
  const { comparison, operand, operandAt } = compared;
  const nanos = nanosOf(operand);
  if (nanos !== undefined) return { kind: 'duration', comparison, nanos };
  throw new SearchQueryError(
    operandAt,
    `"${operand}" is not a duration`,
    `write a number and one of ${Object.keys(UNIT_NANOS).join(', ')}: duration:${comparison}500ms`,
  );
}

function levelOf(word: Word): Condition {
  const { isExcluded, value } = word;
  const compared = comparisonIn(value);
  const [operand, at] = compared ? [compared.operand, compared.operandAt] : [value.text, value.at];
  const level = normalSeverity(operand);
  if (level === null) {
    const meant = didYouMean(operand, Severity.options);
    throw new SearchQueryError(
      at,
      `there is no level "${operand}"`,
      `${meant === undefined ? '' : `did you mean ${meant}? `}Levels are ${Severity.options.join(', ')}`,
    );
  }
  const levels = compared ? levelsFrom(compared.comparison, level) : [level];
  if (levels.length > 0) return { kind: 'level', levels, isExcluded };
  throw new SearchQueryError(
    value.at,
    `no level is ${value.text}`,
    `Levels are ${Severity.options.join(', ')}`,
  );
}

function idOf({ isExcluded, value }: Word, kind: 'trace' | 'span', digits: number): Condition {
  const id = value.text.toLowerCase();
  if (!/^[0-9a-f]+$/.test(id) || id.length > digits) {
    throw new SearchQueryError(
      value.at,
      `"${value.text}" is not the id of a ${kind}`,
      `it has ${digits} hexadecimal digits`,
    );
  }
  // Some senders drop leading zeros; stores keep all digits.
  return { kind, id: id.padStart(digits, '0'), isExcluded };
}

function oneOf<T extends string>({ at, isExcluded, value }: Word, options: readonly T[]): T {
  if (isExcluded)
    throw new SearchQueryError(at, 'this cannot be excluded', `name the others: ${options.join(', ')}`);
  const found = options.find((option) => option === value.text.toLowerCase());
  if (found) return found;
  const meant = didYouMean(value.text, options);
  throw new SearchQueryError(
    value.at,
    `there is no "${value.text}"`,
    `${meant === undefined ? '' : `did you mean ${meant}? `}It is one of ${options.join(', ')}`,
  );
}

function comparisonIn({
  at,
  text,
  isQuoted,
}: Value): { comparison: Comparison; operand: string; operandAt: number } | undefined {
  const match = isQuoted ? null : COMPARISON.exec(text);
  if (!match) return undefined;
  const sign = match[1] as Comparison;
  return { comparison: sign, operand: match[2] as string, operandAt: at + sign.length };
}

function refuseComparison({ value }: Word, field: string): void {
  if (comparisonIn(value)) {
    throw new SearchQueryError(value.at, `a ${field} is not compared`, `write ${field}:value, or quote it`);
  }
}

function refuseExcluded({ at, isExcluded }: Word): void {
  if (isExcluded)
    throw new SearchQueryError(at, 'a comparison is not excluded', 'turn its sign around instead');
}

function nanosOf(text: string): number | undefined {
  const match = DURATION.exec(text);
  if (!match) return undefined;
  const nanos = Math.round(Number(match[1]) * (UNIT_NANOS[match[2] as string] ?? NaN));
  return nanos <= MAX_NANOS ? nanos : undefined;
}
