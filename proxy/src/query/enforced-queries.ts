// Remembers enforced queries: a dashboard asks the same ones every few seconds, and a full parse costs more than
// everything else the proxy does. An entry is found by language, tenant and whole text, so no tenant can be
// answered with another's (isolation class 19). Bounded by count and by size, least recently used out first.
import type { Enforcers, Language } from './enforcers.ts';

const MAX_ENTRIES = 20_000;
const MAX_CHARACTERS = 16 * 1024 * 1024;

export interface EnforcedQueriesLimits {
  readonly maxEntries: number;
  /** Of keys and values together. */
  readonly maxCharacters: number;
}

export class EnforcedQueries {
  readonly #enforcers: Enforcers;
  readonly #limits: EnforcedQueriesLimits;
  readonly #entries = new Map<string, string>();
  #characters = 0;

  constructor(
    enforcers: Enforcers,
    limits: EnforcedQueriesLimits = { maxEntries: MAX_ENTRIES, maxCharacters: MAX_CHARACTERS },
  ) {
    this.#enforcers = enforcers;
    this.#limits = limits;
  }

  /**
   * The enforced text, percent-encoded for a query string or a form.
   * @throws QueryRefused; refusals are not remembered
   */
  encoded(language: Language, tenantId: string, text: string): string {
    // Neither a language nor a tenant id holds a space, so two different triples never make one key.
    const key = `${language} ${tenantId} ${text}`;
    const known = this.#entries.get(key);
    if (known !== undefined) {
      // To the end of the Map's order: the first entry is always the one unused for longest.
      this.#entries.delete(key);
      this.#entries.set(key, known);
      return known;
    }
    const encoded = encodeURIComponent(this.#enforcers[language](text, tenantId));
    this.#remember(key, encoded);
    return encoded;
  }

  /** For tests and metrics. */
  get size(): { entries: number; characters: number } {
    return { entries: this.#entries.size, characters: this.#characters };
  }

  #remember(key: string, encoded: string): void {
    const { maxEntries, maxCharacters } = this.#limits;
    const size = key.length + encoded.length;
    if (size > maxCharacters) return;
    this.#entries.set(key, encoded);
    this.#characters += size;
    for (const [oldest, value] of this.#entries) {
      if (this.#entries.size <= maxEntries && this.#characters <= maxCharacters) return;
      this.#entries.delete(oldest);
      this.#characters -= oldest.length + value.length;
    }
  }
}
