// What the suites between the parts and the benchmarks need beyond the proxy as it is started: the functions that make
// its isolation, taken one by one, and the builders and judges of its own tests.
export { QueryRefused } from '../src/query/enforce-error.ts';
export { enforceLogql } from '../src/query/enforce-logql.ts';
export { enforcePromql } from '../src/query/enforce-promql.ts';
export { enforceTraceql } from '../src/query/enforce-traceql.ts';
export type { Enforcers } from '../src/query/enforcers.ts';
export { stampOtlp } from '../src/ingest/stamp-otlp.ts';
export { stampWriteRequestV1 } from '../src/ingest/stamp-remote-write-v1.ts';

export { identified } from './identified.ts';
export { findLeak } from './check-enforced.ts';
export type { LanguageName } from './check-enforced.ts';
export { logqlLogQuery, logqlMetricQuery, logqlQuery } from './generate/logql.ts';
export { promqlQuery } from './generate/promql.ts';
export { between, chance, pick, seededRng } from './generate/random.ts';
export type { Rng, Vocabulary } from './generate/random.ts';
export { traceqlQuery } from './generate/traceql.ts';

export { decode as decodeMessage, encode as encodeMessage } from './ingest/codec.ts';
export { INNOCENT, normalise as normaliseLabelName, SPOOFS } from './ingest/model.ts';
export {
  attribute,
  doubleBits,
  logsPayload,
  metricsPayload,
  tracesPayload,
  writeRequestV1,
  writeRequestV2,
} from './ingest/payloads.ts';
export type { KeyValue } from './ingest/payloads.ts';
export { spoofedRequest } from './ingest/spoofed.ts';
