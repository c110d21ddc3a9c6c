import type { SearchFacets, SearchHit, SearchSource } from '@obstack/contracts/search';

export interface Facet {
  field: string;
  values: Array<{ value: string; count: number }>;
}

/**
 * The facets of several sources as one list: the same value of the same field counts together, the most frequent first,
 * at most `limit` of each field. `service` and `level` lead: they are what people look for first.
 */
export function mergeFacets(lines: readonly SearchFacets[], sources: ReadonlySet<SearchSource>, limit = 8): Facet[] {
  const fields = new Map<string, Map<string, number>>();
  for (const { source, facets } of lines) {
    if (!sources.has(source)) {
      continue;
    }
    for (const { field, values } of facets) {
      const counts = fields.get(field) ?? new Map<string, number>();
      fields.set(field, counts);
      for (const { value, count } of values) {
        counts.set(value, (counts.get(value) ?? 0) + count);
      }
    }
  }
  return [...fields]
    .filter(([, counts]) => counts.size > 0)
    .map(([field, counts]) => ({
      field,
      values: [...counts]
        .map(([value, count]) => ({ value, count }))
        .sort((a, b) => b.count - a.count || a.value.localeCompare(b.value))
        .slice(0, limit),
    }))
    .sort((a, b) => rank(a.field) - rank(b.field) || a.field.localeCompare(b.field));
}

const FIRST = ['service', 'level'];
const rank = (field: string) => (FIRST.includes(field) ? FIRST.indexOf(field) : FIRST.length);

/** Values that a query may ask for, by field as it is written: those of the facets, and those of the hits' attributes. */
export function knownValues(facets: readonly Facet[], hits: readonly SearchHit[]): Record<string, string[]> {
  const known = new Map(facets.map(({ field, values }) => [field, new Set(values.map(({ value }) => value))]));
  for (const { attributes } of hits) {
    for (const [name, value] of Object.entries(attributes)) {
      const values = known.get(`@${name}`) ?? new Set<string>();
      known.set(`@${name}`, values.add(value));
    }
  }
  return Object.fromEntries([...known].map(([field, values]) => [field, [...values]]));
}
