import type { Signal } from '@obstack/contracts';
import { SOURCE_SIGNAL } from '@obstack/contracts/search';
import type { CorrelateLine, SearchLine, SearchSource } from '@obstack/contracts/search';
import type { ProxyContext } from '../app.ts';
import type { QueryTable } from '../query/endpoint.ts';
import { LOKI } from '../query/loki.ts';
import { PROMETHEUS } from '../query/prometheus.ts';
import { TEMPO } from '../query/tempo.ts';
import type { Upstream } from '../upstream/forward.ts';
import { createAsker, throughTable } from './ask-store.ts';
import type { LockedRequest } from './ask-store.ts';
import { Gate } from './gate.ts';
import type { Urgency } from './gate.ts';
import { SettledCounts } from './settled-counts.ts';
import { SharedAnswers } from './shared-answers.ts';
import type { Ask, Source } from './source.ts';
import { createLokiSource } from './sources/loki.ts';
import { createOpensearchSource } from './sources/opensearch.ts';
import { createPrometheusSource } from './sources/prometheus.ts';
import { createTempoSource } from './sources/tempo.ts';
import { searchTenantIndices } from './tenant-indices.ts';

/** What names a service in each store, the first that is there; from the environment. */
export interface ServiceFields {
  readonly loki: readonly string[];
  readonly tempo: readonly string[];
  readonly prometheus: readonly string[];
  readonly opensearch: readonly string[];
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

/** The sources of this installation. */
export function createSearchContext(
  context: Omit<ProxyContext, 'config' | 'usage'>,
  { serviceFields, sourceTimeoutMs, atOnce }: SearchOptions,
): SearchContext {
  const remembered = { answers: new SharedAnswers(), counts: new SettledCounts() };
  const searched = (source: Source, upstream: Upstream, requestFor: LockedRequest): SearchedSource => ({
    source,
    askAs: createAsker(upstream, requestFor, remembered, new Gate(upstream.name, atOnce)),
  });
  const byTable = (source: Source, table: QueryTable): SearchedSource =>
    searched(source, context.upstreams[table.store], throughTable(context, table));
  const { opensearch } = context.upstreams;
  return {
    identify: context.identify,
    log: context.log,
    sourceTimeoutMs,
    sources: [
      byTable(createLokiSource(serviceFields.loki), LOKI),
      byTable(createTempoSource(serviceFields.tempo), TEMPO),
      byTable(createPrometheusSource(serviceFields.prometheus), PROMETHEUS),
      ...(opensearch
        ? [searched(createOpensearchSource(serviceFields.opensearch), opensearch, searchTenantIndices)]
        : []),
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
