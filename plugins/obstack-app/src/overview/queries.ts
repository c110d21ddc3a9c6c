/** What the overview asks, as text. Pure: windows in, PromQL and LogQL out. */

/**
 * Where services say how long they took to answer, by OpenTelemetry's semantic conventions for HTTP (stable, then before it)
 * and RPC servers, as Prometheus stores them. A service that has several is shown by the first.
 */
const FAMILIES = [
  { name: 'http_server_request_duration_seconds', failed: 'http_response_status_code=~"5.."', toMs: 1000 },
  { name: 'http_server_duration_milliseconds', failed: 'http_status_code=~"5.."', toMs: 1 },
  // Of gRPC's codes those that are the server's fault (https://opentelemetry.io/docs/specs/semconv/rpc/grpc/).
  { name: 'rpc_server_duration_milliseconds', failed: 'rpc_grpc_status_code=~"2|4|12|13|14|15"', toMs: 1 },
] as const;

/** What tells one service from another; `job` is where the first is not set. */
const BY = 'service_name, job';

type Family = (typeof FAMILIES)[number];
const ofAny = (query: (family: Family) => string) => FAMILIES.map(query).join(' or ');

/** Requests a second. `window` as `300s`. */
export const requestRate = (window: string) => ofAny(({ name }) => `sum by (${BY}) (rate(${name}_count[${window}]))`);

/** Failed requests a second; a service without a failure has no value. */
export const failureRate = (window: string) =>
  ofAny(({ name, failed }) => `sum by (${BY}) (rate(${name}_count{${failed}}[${window}]))`);

/** Milliseconds within which 95 % of the requests were answered. */
export const durationP95 = (window: string) =>
  ofAny(({ name, toMs }) => `histogram_quantile(0.95, sum by (${BY}, le) (rate(${name}_bucket[${window}]))) * ${toMs}`);

/** Which version of a service ran. */
export const VERSIONS = `count by (${BY}, service_version) (target_info{service_version!=""})`;

/** Alerts that fire, where whatever evaluates the rules writes what it finds. */
export const ALERTS = 'count by (alertname, service_name, job, severity) (ALERTS{alertstate="firing"})';

const FAILED_LINES = '{service_name=~".+"} | detected_level=~"error|fatal|critical"';

/** Log lines that say that something failed. */
export const errorLines = (window: string) => `sum by (service_name) (count_over_time(${FAILED_LINES} [${window}]))`;

/** What stands for the part of a line that is another each time. */
export const MASK = '…';
/** Words with a digit in them: ids, numbers, durations. */
const VARIABLE = '[0-9A-Za-z_.-]*[0-9][0-9A-Za-z_.-]*';

/** The most frequent of those lines, with their ids and numbers taken out. */
export const topErrors = (window: string, limit: number) =>
  `topk(${limit}, sum by (service_name, message) (count_over_time(${FAILED_LINES}` +
  ` | label_format message=\`{{ regexReplaceAll "${VARIABLE}" __line__ "${MASK}" | trunc 200 }}\` [${window}])))`;
