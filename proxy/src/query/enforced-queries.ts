// Remembers enforced queries: a dashboard asks the same ones every few seconds, and enforcing one costs more than
// everything else the proxy does. An entry is found by language, tenant and whole text, so no tenant can be
// answered with another's (isolation class 19).
import type { Enforcers, Language } from './enforcers.ts';
import { RecentlyUsed } from './recently-used.ts';
import type { Limits } from './recently-used.ts';

const LIMITS: Limits = { maxEntries: 20_000, maxCharacters: 16 * 1024 * 1024 };

export class EnforcedQueries {
  readonly #enforcers: Enforcers;
  readonly #known: RecentlyUsed<string>;

  constructor(enforcers: Enforcers, limits = LIMITS) {
    this.#enforcers = enforcers;
    this.#known = new RecentlyUsed(limits);
  }

  /**
   * The enforced text, percent-encoded for a query string or a form.
   * @throws QueryRefused; refusals are not remembered
   */
  encoded(language: Language, tenantId: string, text: string): string {
    // Neither a language nor a tenant id holds a space, so two different triples never make one key.
    const key = `${language} ${tenantId} ${text}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const encoded = encodeURIComponent(this.#enforcers[language](text, tenantId));
    this.#known.set(key, encoded, encoded.length);
    return encoded;
  }

  /** For tests and metrics. */
  get size(): { entries: number; characters: number } {
    return this.#known.size;
  }
}
