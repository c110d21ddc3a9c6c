// Remembers values by key, bounded by count and by size. Two generations stand for "least recently used": when the
// young one holds half of what is allowed it becomes the old one, and the old one goes. A Map that loses its first entry
// at each insertion would do for the order too, but then walks over the holes that those entries leave behind.

export interface Limits {
  readonly maxEntries: number;
  /** Of keys and values together. */
  readonly maxCharacters: number;
}

export class RecentlyUsed<Value> {
  readonly #limits: Limits;
  #young = new Generation<Value>();
  #old = new Generation<Value>();

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  get(key: string): Value | undefined {
    const young = this.#young.entries.get(key);
    if (young) return young.value;
    const old = this.#old.entries.get(key);
    if (old) this.#keep(key, old);
    return old?.value;
  }

  /** @param characters how large the value is; what does not fit is not kept */
  set(key: string, value: Value, characters: number): void {
    this.#keep(key, { value, characters: key.length + characters });
  }

  /** At most; an entry that moved up is counted in both generations. */
  get size(): { entries: number; characters: number } {
    return {
      entries: this.#young.entries.size + this.#old.entries.size,
      characters: this.#young.characters + this.#old.characters,
    };
  }

  #keep(key: string, entry: Entry<Value>): void {
    const maxEntries = this.#limits.maxEntries / 2;
    const maxCharacters = this.#limits.maxCharacters / 2;
    if (entry.characters > maxCharacters) return;
    const { entries, characters } = this.#young;
    if (entries.size + 1 > maxEntries || characters + entry.characters > maxCharacters) {
      this.#old = this.#young;
      this.#young = new Generation();
    }
    this.#young.entries.set(key, entry);
    this.#young.characters += entry.characters;
  }
}

interface Entry<Value> {
  readonly value: Value;
  /** Of the key and the value. */
  readonly characters: number;
}

class Generation<Value> {
  readonly entries = new Map<string, Entry<Value>>();
  characters = 0;
}
