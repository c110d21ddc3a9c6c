/** Searches that somebody kept, as Grafana's user storage holds them: text, which may be anybody's and of any version. */
import { SIGNAL_VIEWS, type SearchUrl } from '../search-url';

export interface SavedSearch extends Pick<SearchUrl, 'q' | 'from' | 'to' | 'signal'> {
  /** Unique. */
  name: string;
}

export const MAX_NAME = 80;
/** Grafana keeps all of it as one text. */
export const MAX_SAVED = 100;

/** What cannot be read is left out. */
export function readSaved(text: string | null | undefined): SavedSearch[] {
  try {
    const list: unknown = JSON.parse(text ?? '[]');
    return Array.isArray(list) ? list.flatMap((each) => savedOf(each) ?? []) : [];
  } catch {
    return [];
  }
}

function savedOf(value: unknown): SavedSearch | undefined {
  if (typeof value !== 'object' || value === null) {
    return undefined;
  }
  const { name, q, from, to, signal } = value as Record<string, unknown>;
  if (![name, q, from, to].every((part) => typeof part === 'string')) {
    return undefined;
  }
  const known = SIGNAL_VIEWS.find((view) => view === signal) ?? 'all';
  return { name: name as string, q: q as string, from: from as string, to: to as string, signal: known };
}

/** The same name again replaces what it stood for. By name. */
export function withSaved(list: readonly SavedSearch[], saved: SavedSearch): SavedSearch[] {
  return [...list.filter(({ name }) => name !== saved.name), saved]
    .sort((a, b) => a.name.localeCompare(b.name))
    .slice(0, MAX_SAVED);
}
