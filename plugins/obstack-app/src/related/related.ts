/** What was found to belong to a hit so far: pure, so that any order of lines can be tested. */
import type { CorrelateLine, Relation, SearchHit, SearchSourceStatus } from '@obstack/contracts/search';

export interface Related {
  /** Each hit once, by its strongest relation. */
  hits: ReadonlyArray<{ relation: Relation; hit: SearchHit }>;
  sources: readonly SearchSourceStatus[];
}

export const NOTHING_RELATED: Related = { hits: [], sources: [] };

/** Strongest first. */
export const RELATIONS: readonly Relation[] = ['trace', 'exemplar', 'service', 'time'];
export const SIGNALS = ['logs', 'traces', 'metrics'] as const satisfies ReadonlyArray<SearchHit['signal']>;

export function withRelated(related: Related, lines: readonly CorrelateLine[]): Related {
  const hits = new Map(related.hits.map((each) => [each.hit.id, each]));
  const sources = new Map(related.sources.map((source) => [source.source, source]));
  for (const line of lines) {
    if (line.type === 'related') {
      const { relation, hit } = line;
      const known = hits.get(hit.id);
      if (!known || RELATIONS.indexOf(relation) < RELATIONS.indexOf(known.relation)) {
        hits.set(hit.id, { relation, hit });
      }
    } else if (line.type === 'source') {
      sources.set(line.source, line);
    }
  }
  return { hits: [...hits.values()], sources: [...sources.values()] };
}

export interface RelatedGroup {
  signal: SearchHit['signal'];
  relation: Relation;
  hits: SearchHit[];
}

/** By signal, the strongest relation first, and within it in order of distance in time. `own` is what they relate to. */
export function groupsOf({ hits }: Related, own: { id?: string; time: string }): RelatedGroup[] {
  const distance = ({ time }: SearchHit) => Math.abs(Date.parse(time) - Date.parse(own.time));
  return SIGNALS.flatMap((signal) =>
    RELATIONS.flatMap((relation) => {
      const found = hits
        .filter((each) => each.relation === relation && each.hit.signal === signal && each.hit.id !== own.id)
        .map(({ hit }) => hit)
        .sort((a, b) => distance(a) - distance(b));
      return found.length > 0 ? [{ signal, relation, hits: found }] : [];
    })
  );
}
