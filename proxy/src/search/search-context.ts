import type { Signal } from '@obstack/contracts';
import { SOURCE_SIGNAL } from '@obstack/contracts/search';
import type { CorrelateLine, SearchLine, SearchSource } from '@obstack/contracts/search';
import type { ProxyContext } from '../app.ts';
import type { QueryTable } from '../query/endpoint.ts';
import { LOKI } from '../query/loki.ts';
import { PROMETHEUS } from '../query/prometheus.ts';
import { TEMPO } from '../query/tempo.ts';
import { createAsker } from './ask-store.ts';
import { Gate } from './gate.ts';
import type { Urgency } from './gate.ts';
import { SharedAnswers } from './shared-answers.ts';
import type { Ask, Source } from './source.ts';
import { createLokiSource } from './sources/loki.ts';
import { createPrometheusSource } from './sources/prometheus.ts';
import { createTempoSource } from './sources/tempo.ts';

/** What names a service in each store, the first that is there; from the environment. */
export interface ServiceFields {
  readonly loki: readonly string[];
  readonly tempo: readonly string[];
  readonly prometheus: readonly string[];
}

export interface SearchOptions {
  readonly serviceFields: ServiceFields;
  /** For one source's part of an answer. */
  readonly sourceTimeoutMs: number;
  /** Questions of searches that one store works on; more of them wait in line. */
  readonly atOnce: number;
}

export interface SearchContext {
  readonly identify: ProxyContext['identify'];
  readonly log: ProxyContext['log'];
  readonly sources: readonly SearchedSource[];
  readonly sourceTimeoutMs: number;
}

export interface SearchedSource {
  readonly source: Source;
  readonly askAs: (tenantId: string, signal: AbortSignal, urgency?: Urgency) => Ask;
}

/** The sources of this installation. OpenSearch is to join here; until then it is `not-configured`. */
export function createSearchContext(
  context: Omit<ProxyContext, 'config' | 'usage'>,
  { serviceFields, sourceTimeoutMs, atOnce }: SearchOptions,
): SearchContext {
  const answers = new SharedAnswers();
  const searched = (source: Source, table: QueryTable): SearchedSource => ({
    source,
    askAs: createAsker(context, table, answers, new Gate(context.upstreams[table.store].name, atOnce)),
  });
  return {
    identify: context.identify,
    log: context.log,
    sourceTimeoutMs,
    sources: [
      searched(createLokiSource(serviceFields.loki), LOKI),
      searched(createTempoSource(serviceFields.tempo), TEMPO),
      searched(createPrometheusSource(serviceFields.prometheus), PROMETHEUS),
    ],
  };
}

/** A status of a source that was not asked. */
export const notAsked = (
  source: SearchSource,
  status: 'not-allowed' | 'not-configured',
  reason: string,
): Extract<SearchLine & CorrelateLine, { type: 'source' }> => ({
  type: 'source',
  source,
  signal: SOURCE_SIGNAL[source] satisfies Signal,
  status,
  reason,
  durationMs: 0,
  firstHitMs: null,
  hits: 0,
});
