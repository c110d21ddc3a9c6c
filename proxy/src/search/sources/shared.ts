// What the sources have in common: how a store's labels become the parts of a hit.
import type { z } from 'zod';
import { BadPosition } from '../source.ts';

/** In UTF-16 code units. */
const MAX_TITLE = 8_192;
const MAX_VALUE = 2_048;
const MAX_ATTRIBUTES = 100;

type Labels = Readonly<Record<string, string>>;

/** The first of `names` that is there and not empty. */
export const firstOf = (labels: Labels, names: readonly string[]): string | null =>
  names.map((name) => labels[name]).find(Boolean) ?? null;

export const stringsOf = (labels: Labels, names: readonly string[]): string | undefined =>
  firstOf(labels, names) ?? undefined;

/** Without the tenant, which is the caller's own and says nothing. */
export function attributesOf(labels: Labels): Record<string, string> {
  const kept = Object.entries(labels)
    .filter(([name]) => name !== 'tenant_id')
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .slice(0, MAX_ATTRIBUTES);
  return Object.fromEntries(kept.map(([name, value]) => [name, shortened(value, MAX_VALUE)]));
}

/** Of a line, which may be a megabyte long. */
export const titleOf = (line: string): string => shortened(line, MAX_TITLE);

const shortened = (text: string, most: number): string =>
  text.length > most ? `${text.slice(0, most).toWellFormed()}…` : text;

/** Null for what is no id of a trace; stores drop leading zeros. */
export const traceIdIn = (text: string | undefined): string | null => hexId(text, 32);
export const spanIdIn = (text: string | undefined): string | null => hexId(text, 16);

function hexId(text: string | undefined, digits: number): string | null {
  const id = text?.toLowerCase().padStart(digits, '0');
  return id !== undefined && id.length === digits && /^[0-9a-f]*[1-9a-f][0-9a-f]*$/.test(id) ? id : null;
}

/** @throws BadPosition */
export function positionOf<S extends z.ZodType>(text: string, schema: S): z.output<S> {
  try {
    return schema.parse(JSON.parse(text));
  } catch (cause) {
    throw new BadPosition('not a position', { cause });
  }
}
