// What somebody is looking for, free of any store's language. All conditions must hold.
import type { Signal } from '@obstack/contracts';
import type { SearchSource, Severity } from '@obstack/contracts/search';

export interface SearchQuery {
  readonly conditions: readonly Condition[];
  /** From `signal:` and `source:`; undefined when any will do. */
  readonly signals: ReadonlySet<Signal> | undefined;
  readonly sources: ReadonlySet<SearchSource> | undefined;
}

/** A value as it was written; a glob has `*` for any characters. No control characters, no lone surrogates. */
export interface Pattern {
  readonly text: string;
  readonly isGlob: boolean;
}

export type Comparison = '>' | '>=' | '<' | '<=';

export type Condition = Text | Named | Attribute | Compared | Level | Duration | Id;

/** Words that stand somewhere, in any case of letters. */
export interface Text {
  readonly kind: 'text';
  readonly text: string;
  readonly isExcluded: boolean;
}

/** The service; or the name of a span or a metric. */
export interface Named {
  readonly kind: 'service' | 'name';
  readonly pattern: Pattern;
  readonly isExcluded: boolean;
}

/** An attribute by its OpenTelemetry name, or a label. */
export interface Attribute {
  readonly kind: 'attribute';
  readonly name: string;
  readonly pattern: Pattern;
  readonly isExcluded: boolean;
}

export interface Compared {
  readonly kind: 'compared';
  readonly name: string;
  readonly comparison: Comparison;
  readonly value: { readonly number: string } | { readonly durationNanos: number };
}

/** One of these. */
export interface Level {
  readonly kind: 'level';
  readonly levels: readonly Severity[];
  readonly isExcluded: boolean;
}

/** Of a span. */
export interface Duration {
  readonly kind: 'duration';
  readonly comparison: Comparison;
  readonly nanos: number;
}

/** Lower-case hex. */
export interface Id {
  readonly kind: 'trace' | 'span';
  readonly id: string;
  readonly isExcluded: boolean;
}
