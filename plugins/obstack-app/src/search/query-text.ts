/** Edits of the query as text, for facets and attributes that are clicked. The language itself is the search service's. */

/** The filter as it is written: `service:checkout`, `@http.route:"/pay now"`. */
export function filterText(field: string, value: string): string {
  return `${field}:${/^[^\s"\\*<>][^\s"\\*]*$/.test(value) ? value : quoted(value)}`;
}

export type FilterState = 'included' | 'excluded' | null;

/** Whether the query asks for this value, or for all but this one. */
export function filterState(query: string, field: string, value: string): FilterState {
  const filter = filterText(field, value);
  const words = wordsOf(query);
  if (words.includes(filter)) {
    return 'included';
  }
  return words.includes(`-${filter}`) ? 'excluded' : null;
}

/** The query with the value asked for, excluded, or (null) neither; the rest stays as it was written. */
export function withFilter(query: string, field: string, value: string, state: FilterState): string {
  const filter = filterText(field, value);
  const others = wordsOf(query).filter((word) => word !== filter && word !== `-${filter}`);
  const added = state === null ? [] : [state === 'excluded' ? `-${filter}` : filter];
  return [...others, ...added].join(' ');
}

/** Words end at white space outside quotes; a quote that is never closed runs to the end. */
function wordsOf(query: string): string[] {
  return query.match(/(?:"(?:\\.|[^"\\])*(?:"|$)|[^\s"])+/g) ?? [];
}

const quoted = (value: string) => `"${value.replace(/["\\]/g, '\\$&')}"`;
