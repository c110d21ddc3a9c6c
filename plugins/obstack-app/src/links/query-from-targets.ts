/** What a panel or Explore shows, as a search: pure, and by the services that its queries name. */

interface Target {
  [field: string]: unknown;
}

/** How PromQL, LogQL and TraceQL name a service, as in `service_name="checkout"`; a match by one plain word counts. */
const SERVICE = /\b(?:resource\.)?service[._]name\s*=~?\s*(?:"([^"\\]+)"|`([^`]+)`)/g;
/** What such a match may hold without being a pattern. */
const PLAIN = /^[\w./:@-]+$/;

/**
 * Of an Obstack query its own text; otherwise the one service that the queries agree on. Empty when there is none, or when
 * there are several, which the search cannot ask for at once.
 */
export function queryFromTargets(targets: readonly object[] | undefined): string {
  const all = (targets ?? []) as readonly Target[];
  const own = all.find((target) => typeOf(target) === 'obstack-datasource')?.query;
  if (typeof own === 'string' && own) {
    return own;
  }
  const texts = all.flatMap(({ expr, query }) => [expr, query]).filter((text) => typeof text === 'string');
  const services = new Set(
    texts.flatMap((text) => [...text.matchAll(SERVICE)].map(([, quoted, raw]) => quoted ?? raw ?? ''))
  );
  const [service] = services;
  return services.size === 1 && service && PLAIN.test(service) ? `service:${service}` : '';
}

/** The trace that a Tempo query asks for by its id; undefined when it asks for something else. */
export function traceFromTargets(targets: readonly object[] | undefined): string | undefined {
  const ids = ((targets ?? []) as readonly Target[])
    .map(({ query }) => query)
    .filter((query): query is string => typeof query === 'string' && /^[0-9a-f]{32}$/i.test(query.trim()));
  return ids.length === 1 ? ids[0]!.trim().toLowerCase() : undefined;
}

const typeOf = ({ datasource }: Target) =>
  typeof datasource === 'object' && datasource !== null && 'type' in datasource ? datasource.type : undefined;
