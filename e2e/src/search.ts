// Searching as a script would: ask, read the lines, go on from the cursor.
import type {
  CorrelateLine,
  CorrelateRequest,
  SearchHit,
  SearchLine,
  SearchRequest,
} from '@obstack/contracts/search';
import {
  CorrelateLine as CorrelateLineSchema,
  SearchLine as SearchLineSchema,
} from '@obstack/contracts/search';

export interface Searcher {
  search(request: SearchRequest): Promise<SearchLine[]>;
  correlate(request: CorrelateRequest): Promise<CorrelateLine[]>;
}

export function searcher(proxyUrl: string, token: string): Searcher {
  const post = async (path: string, body: object): Promise<unknown[]> => {
    const reply = await fetch(`${proxyUrl}/api/v1/${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    const text = await reply.text();
    if (!reply.ok) throw new Error(`${path} answered ${reply.status}: ${text}`);
    return text
      .split('\n')
      .filter(Boolean)
      .map((line): unknown => JSON.parse(line));
  };
  return {
    search: async (request) => (await post('search', request)).map((line) => SearchLineSchema.parse(line)),
    correlate: async (request) =>
      (await post('correlate', request)).map((line) => CorrelateLineSchema.parse(line)),
  };
}

export const hitsIn = (lines: readonly SearchLine[]): SearchHit[] =>
  lines.flatMap((line) => (line.type === 'hit' ? [line.hit] : []));

/** All pages of a search, one list of lines each. */
export async function allPages(by: Searcher, request: SearchRequest): Promise<SearchLine[][]> {
  const pages: SearchLine[][] = [];
  for (let cursor: string | null | undefined; cursor !== null;) {
    const lines = await by.search(cursor === undefined ? request : { ...request, cursor });
    pages.push(lines);
    const done = lines.at(-1);
    if (done?.type !== 'done') throw new Error('the answer was cut');
    cursor = done.next;
  }
  return pages;
}
