// The enforcing functions as one value, so that a test can show what happens without them.
import { byShape } from './by-shape.ts';
import { enforceLogql, enforceLogqlSelector, logqlLexis } from './enforce-logql.ts';
import { enforcePromql, enforcePromqlSelector, promqlLexis } from './enforce-promql.ts';
import { enforceTraceql, enforceTraceqlTagFilter } from './enforce-traceql.ts';

/** Takes a text in its language and a tenant id; returns the text tied to that tenant, or throws QueryRefused. */
export type Enforce = (text: string, tenantId: string) => string;

/** What a parameter may hold. All of them take `{}` for "everything", except `promql` and `logql`. */
export type Language =
  'promql' | 'promqlSelector' | 'logql' | 'logqlSelector' | 'traceql' | 'traceqlTagFilter';

export type Enforcers = Readonly<Record<Language, Enforce>>;

/** Not for TraceQL, where what a string holds can be part of an attribute's name, which its enforcer looks at. */
export const createEnforcers = (): Enforcers => ({
  promql: byShape(enforcePromql, promqlLexis),
  promqlSelector: byShape(enforcePromqlSelector, promqlLexis),
  logql: byShape(enforceLogql, logqlLexis),
  logqlSelector: byShape(enforceLogqlSelector, logqlLexis),
  traceql: enforceTraceql,
  traceqlTagFilter: enforceTraceqlTagFilter,
});
