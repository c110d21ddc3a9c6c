/** Turns what zod found wrong into sentences for the one who has to put it right. */
import { z } from 'zod';

export interface DescribedIssue {
  path: PropertyKey[];
  message: string;
  fix: string;
}

/**
 * One entry per mistake. Neither message nor fix ever repeats the value that was sent, which may be a
 * secret; names of unknown fields are repeated, cut to 64 characters.
 */
export function describeIssues(error: z.ZodError, schema: z.ZodType): DescribedIssue[] {
  return error.issues.flatMap((issue) => {
    if (issue.code !== 'unrecognized_keys') return [describeIssue(issue)];
    const known = knownFields(schema, issue.path);
    const fix = known.length
      ? `Remove it; the fields known here: ${known.join(', ')}`
      : 'Remove it; none is expected here';
    return issue.keys.map((key) => ({
      path: [...issue.path, key.slice(0, 64)],
      message: 'Unknown field',
      fix,
    }));
  });
}

/** Text that PostgreSQL cannot hold, or not without changing it: U+0000, and halves of a surrogate pair. */
export function unstorable(value: unknown, path: PropertyKey[] = []): DescribedIssue[] {
  if (typeof value === 'string') {
    if (!value.includes('\0') && value.isWellFormed()) return [];
    return [{ path, message: 'Contains U+0000 or half a surrogate pair', fix: 'Remove it' }];
  }
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => [
    ...unstorable(name, path),
    ...unstorable(inner, [...path, Array.isArray(value) ? Number(name) : name]),
  ]);
}

/** `signals[0].name` for `['signals', 0, 'name']`. */
export function formatPath(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`;
    return text ? `${text}.${String(part)}` : String(part);
  }, '');
}

function describeIssue(issue: z.core.$ZodIssue): DescribedIssue {
  const { message, path } = issue;
  return { path, message, fix: fixFor(issue) };
}

function fixFor(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return issue.message.endsWith('undefined') ? `Add it, as ${issue.expected}` : `Send ${issue.expected}`;
    case 'invalid_value':
      return `Use one of: ${issue.values.map(String).join(', ')}`;
    case 'too_small':
      return `Make it ${boundary(issue.inclusive, 'at least', 'more than')} ${issue.minimum}${unit(issue.origin)}`;
    case 'too_big':
      return `Make it ${boundary(issue.inclusive, 'at most', 'less than')} ${issue.maximum}${unit(issue.origin)}`;
    case 'invalid_format':
      return FORMAT_FIXES[issue.format] ?? 'Correct its form';
    default:
      return 'Correct it';
  }
}

function boundary(inclusive: boolean | undefined, closed: string, open: string): string {
  return inclusive === false ? open : closed;
}

function unit(origin: string): string {
  if (origin === 'string') return ' characters long';
  return origin === 'array' ? ' entries long' : '';
}

const FORMAT_FIXES: Record<string, string> = {
  datetime: 'Write it as ISO 8601 with an offset, as 2030-01-31T12:00:00Z',
  uuid: 'Write a UUID, as 3f0c4c9e-5b0e-4d5c-9f64-0e1d5a1c2b7a',
  url: 'Write a whole URL, as http://127.0.0.1:8081',
};

/** Names of the fields of the object that `path` leads to, or none when it is not an object. */
function knownFields(schema: z.ZodType, path: readonly PropertyKey[]): string[] {
  let at = unwrap(schema);
  for (const part of path) {
    if (at instanceof z.ZodObject) at = unwrap(at.shape[String(part)] as z.ZodType);
    else if (at instanceof z.ZodArray) at = unwrap(at.element as z.ZodType);
  }
  return at instanceof z.ZodObject ? Object.keys(at.shape) : [];
}

function unwrap(schema: z.ZodType): z.ZodType {
  const wraps =
    schema instanceof z.ZodOptional || schema instanceof z.ZodNullable || schema instanceof z.ZodDefault;
  return wraps ? unwrap(schema.unwrap() as z.ZodType) : schema;
}
