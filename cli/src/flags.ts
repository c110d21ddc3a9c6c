/** Command-line options made from the schema of what an endpoint takes. */
import { InvalidArgumentError, Option } from 'commander';
import { z } from 'zod';

export interface Flag {
  /** Of the field in the request. */
  field: string;
  options: Option[];
}

interface Field {
  type?: string;
  enum?: unknown[];
  items?: Field;
  anyOf?: Field[];
  description?: string;
  default?: unknown;
}

/** `expiresAt` as `--expires-at`. */
export function flagName(field: string): string {
  return `--${field.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** One for each field. What is no text, number or list of words is given as JSON. */
export function flagsOf(schema: z.ZodType): Flag[] {
  const { properties = {}, required = [] } = z.toJSONSchema(schema, {
    io: 'input',
    unrepresentable: 'any',
  });
  return Object.entries(properties).map(([field, json]) => ({
    field,
    options: optionsOf(field, resolve(json as Field), required.includes(field)),
  }));
}

function optionsOf(field: string, json: Field, mandatory: boolean): Option[] {
  const name = flagName(field);
  const about = json.description ?? '';
  if (json.type === 'boolean') {
    return [new Option(name, about), new Option(name.replace('--', '--no-'))];
  }
  const option = new Option(`${name} <${placeholder(json)}>`, about);
  if (json.enum) option.choices(json.enum.map(String));
  else option.argParser((text) => parse(text, json));
  if (mandatory) option.makeOptionMandatory();
  return [option];
}

function placeholder({ type, items }: Field): string {
  if (type === 'array' && items?.type === 'string')
    return items.enum ? items.enum.slice(0, 3).join(',') : 'a,b';
  if (type === 'string') return 'text';
  return type === 'integer' || type === 'number' ? 'n' : 'json';
}

function parse(text: string, { type, items }: Field): unknown {
  if (type === 'string') return text;
  if (type === 'integer' || type === 'number') {
    if (text.trim() !== '' && Number.isFinite(Number(text))) return Number(text);
    throw new InvalidArgumentError('It is not a number.');
  }
  if (type === 'array' && items?.type === 'string') return text.split(',').map((word) => word.trim());
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new InvalidArgumentError('It is not valid JSON; put it in single quotes.');
  }
}

/** Of something that may be null, what it is otherwise: leave the option out for null. */
function resolve(json: Field): Field {
  const other = json.anyOf?.find(({ type }) => type !== 'null');
  return other ? { ...json, ...other } : json;
}
