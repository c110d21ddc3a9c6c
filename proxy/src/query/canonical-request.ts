// Builds the path and the parameters that a store gets, from nothing: constants of the row, checked segments, and
// parameters that are listed, well-formed and enforced. What a client sent is never patched (isolation class 1).
import { refuse } from '../http/refusal.ts';
import { QueryRefused } from './enforce-error.ts';
import type { EnforcedQueries } from './enforced-queries.ts';
import type { Endpoint, QueryRule, Rule } from './endpoint.ts';
import { quoted } from './query-params.ts';
import type { GivenParams } from './query-params.ts';

/** What each language but `promql` and `logql` takes for everything. */
const EVERYTHING = '{}';

/** Of all queries of one request together: parsing 64 KiB takes some 60 ms, in which nobody else is served. */
const MAX_QUERY_CHARACTERS = 65_536;

interface Param {
  readonly rule: Rule;
  /** The name towards the store, encoded, with its `=`. */
  readonly key: string;
  /** Which parameter of the store this is: two names may stand for one. */
  readonly target: number;
}

export interface CompiledParams {
  readonly byName: ReadonlyMap<string, Param>;
  /** Those that must not be missing, one per target. */
  readonly queries: readonly (Param & { readonly name: string; readonly rule: QueryRule })[];
  readonly listed: string;
}

/** Throws when the row is not usable: the proxy does not start with it. */
export function compileParams(rules: Endpoint['params']): CompiledParams {
  const byName = new Map<string, Param>();
  const targets: string[] = [];
  const queries: (Param & { name: string; rule: QueryRule })[] = [];
  for (const [name, rule] of Object.entries(rules)) {
    const sentAs = (rule.kind === 'query' ? rule.as : undefined) ?? name;
    let target = targets.indexOf(sentAs);
    const isNew = target === -1;
    if (isNew) target = targets.push(sentAs) - 1;
    if (target > 30) throw new Error('a row of more than 31 parameters does not fit its bit set');
    const param = { rule, key: `${encodeURIComponent(sentAs)}=`, target };
    byName.set(name, param);
    if (isNew && rule.kind === 'query') queries.push({ ...param, name, rule });
  }
  return { byName, queries, listed: Object.keys(rules).join(', ') };
}

/**
 * The parameters for the store, encoded for a query string or a form.
 * @throws a 400 refusal for a parameter that is unlisted, repeated, missing, malformed or cannot be enforced
 */
export function canonicalForm(
  { byName, queries, listed }: CompiledParams,
  given: GivenParams,
  tenantId: string,
  enforced: EnforcedQueries,
): string {
  let form = '';
  let seen = 0;
  let filled = 0;
  let characters = 0;
  for (let i = 0; i < given.length; i += 2) {
    const name = given[i] as string;
    const value = given[i + 1] as string;
    const param = byName.get(name);
    if (!param) throw unlisted(name, listed);
    const { rule, key } = param;
    const bit = 1 << param.target;
    const isRepeated = (seen & bit) !== 0;
    seen |= bit;
    if (rule.kind === 'query') {
      if (isRepeated && !rule.many) throw repeated(name);
      // Every store takes an empty single value for an absent one; an empty selector is a mistake.
      if (value === '' && !rule.many) continue;
      filled |= bit;
      characters += value.length;
      if (characters > MAX_QUERY_CHARACTERS) {
        throw refuse.badRequest(`the queries are longer than ${MAX_QUERY_CHARACTERS} characters together`, {
          location: name,
        });
      }
      form += `&${key}${enforce(enforced, rule, name, tenantId, value)}`;
    } else if (rule.kind === 'plain') {
      if (isRepeated) throw repeated(name);
      if (value === '') continue;
      const expected = rule.check(value);
      if (expected !== undefined) {
        throw refuse.badRequest(`the parameter ${quoted(name)} ${expected}`, { location: name });
      }
      form += `&${key}${encodeURIComponent(value)}`;
    }
  }
  for (const { rule, key, name, target } of queries) {
    if ((filled & (1 << target)) !== 0) continue;
    if (rule.absent === 'refused') {
      throw refuse.badRequest(`the parameter ${quoted(name)} is missing`, { location: name });
    }
    const everything = enforced.encoded(rule.language, tenantId, EVERYTHING);
    // Unchanged only in a test that has taken the label lock off: then there is nothing to add.
    if (everything !== encodeURIComponent(EVERYTHING)) form += `&${key}${everything}`;
  }
  return form.slice(1);
}

function enforce(
  enforced: EnforcedQueries,
  rule: QueryRule,
  name: string,
  tenantId: string,
  value: string,
): string {
  try {
    return enforced.encoded(rule.language, tenantId, value);
  } catch (error) {
    if (!(error instanceof QueryRefused)) throw error;
    throw refuse.badRequest(`${name}: ${error.message}`, { location: name, position: error.position });
  }
}

const unlisted = (name: string, listed: string) =>
  refuse.badRequest(`the parameter ${quoted(name)} is not known here`, {
    location: name.slice(0, 64),
    fix: listed === '' ? 'remove it; this address takes no parameters' : `remove it; known are ${listed}`,
  });

const repeated = (name: string) =>
  refuse.badRequest(`the parameter ${quoted(name)} is given more than once`, { location: name });

/** From decoded segments to the store's path. Throws a 400 refusal for a segment of the wrong form. */
export function compilePath({ path, segments = {} }: Endpoint): (decoded: Record<string, string>) => string {
  const names = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1] as string);
  if (names.length === 0) return () => path;
  for (const name of names) {
    if (!segments[name]) throw new Error(`no check for the segment {${name}} of ${path}`);
  }
  return (decoded) =>
    path.replace(/\{(\w+)\}/g, (_, name: string) => {
      const value = decoded[name] ?? '';
      const expected = segments[name]?.(value);
      if (expected !== undefined) {
        throw refuse.badRequest(`${quoted(value)} in the path ${expected}`, { location: name });
      }
      return encodeURIComponent(value);
    });
}
