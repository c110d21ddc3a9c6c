// The enforcing functions as one value, so that a test can show what happens without them.
import { enforceLogql, enforceLogqlSelector } from './enforce-logql.ts';
import { enforcePromql, enforcePromqlSelector } from './enforce-promql.ts';
import { enforceTraceql, enforceTraceqlTagFilter } from './enforce-traceql.ts';

/** Takes a text in its language and a tenant id; returns the text tied to that tenant, or throws QueryRefused. */
export type Enforce = (text: string, tenantId: string) => string;

/** What a parameter may hold. All of them take `{}` for "everything", except `promql` and `logql`. */
export type Language =
  'promql' | 'promqlSelector' | 'logql' | 'logqlSelector' | 'traceql' | 'traceqlTagFilter';

export type Enforcers = Readonly<Record<Language, Enforce>>;

export const enforcers: Enforcers = {
  promql: enforcePromql,
  promqlSelector: enforcePromqlSelector,
  logql: enforceLogql,
  logqlSelector: enforceLogqlSelector,
  traceql: enforceTraceql,
  traceqlTagFilter: enforceTraceqlTagFilter,
};
