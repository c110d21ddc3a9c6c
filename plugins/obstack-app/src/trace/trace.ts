/** A trace as a tree of spans, in the order in which it is read. Pure; nothing in it recurses, for chains may be long. */
import { criticalPath, type Stretch } from './critical-path';

export type Pair = readonly [name: string, value: string];
export type SpanKind = '' | 'internal' | 'server' | 'client' | 'producer' | 'consumer';

export interface RawSpan {
  id: string;
  parentId: string | null;
  name: string;
  service: string;
  kind: SpanKind;
  startNanos: bigint;
  endNanos: bigint;
  isError: boolean;
  statusMessage: string;
  attributes: readonly Pair[];
  resource: readonly Pair[];
  scope: string;
  events: ReadonlyArray<{ nanos: bigint; name: string; attributes: readonly Pair[] }>;
  links: ReadonlyArray<{ traceId: string; spanId: string; attributes: readonly Pair[] }>;
}

export interface Span extends RawSpan {
  /** Milliseconds since the trace began. */
  startMs: number;
  durationMs: number;
  depth: number;
  /** Where its parent is in `Trace.spans`; -1 for a root. */
  parent: number;
  /** How many spans are below it: in `Trace.spans` they follow it. */
  descendants: number;
  /** It names a parent that the trace does not hold. */
  isOrphan: boolean;
  /** When it was what the trace waited for: milliseconds since the trace began. Empty when it never was. */
  critical: readonly Stretch[];
}

export interface Trace {
  id: string;
  /** UTC. */
  start: string;
  durationMs: number;
  /** Each parent before its children, siblings by their start. Never empty. */
  spans: readonly Span[];
  /** In order of appearance. */
  services: readonly string[];
  errors: number;
  /** Why a part of it is missing; null when it is whole. */
  partial: string | null;
}

/** Undefined without spans. `spans` may come in any order, and more than once. */
export function buildTrace(id: string, spans: readonly RawSpan[], partial: string | null = null): Trace | undefined {
  const byId = new Map(spans.map((span) => [span.id, span]));
  const raw = [...byId.values()].sort((a, b) => compare(a.startNanos, b.startNanos));
  const [first] = raw;
  if (!first) {
    return undefined;
  }
  const began = first.startNanos;
  const ms = (nanos: bigint) => Number(nanos - began) / 1e6;

  const children = new Map<string, RawSpan[]>();
  const roots: RawSpan[] = [];
  for (const span of raw) {
    const siblings = span.parentId !== null && byId.has(span.parentId) ? listIn(children, span.parentId) : roots;
    siblings.push(span);
  }

  const ordered: Span[] = [];
  const seen = new Set<string>();
  const walk = (root: RawSpan) => {
    const waiting: Array<{ span: RawSpan; parent: number; depth: number }> = [{ span: root, parent: -1, depth: 0 }];
    for (let next = waiting.pop(); next; next = waiting.pop()) {
      const { span, parent, depth } = next;
      if (seen.has(span.id)) {
        continue;
      }
      seen.add(span.id);
      const at = ordered.length;
      ordered.push({
        ...span,
        startMs: ms(span.startNanos),
        durationMs: Number(span.endNanos - span.startNanos) / 1e6,
        depth,
        parent,
        descendants: 0,
        isOrphan: parent === -1 && span.parentId !== null,
        critical: [],
      });
      const own = children.get(span.id) ?? [];
      waiting.push(...own.map((child) => ({ span: child, parent: at, depth: depth + 1 })).reverse());
    }
  };
  roots.forEach(walk);
  // What is left are spans that name each other as parents.
  raw.forEach(walk);

  for (let at = ordered.length - 1; at > 0; at -= 1) {
    const { parent, descendants } = ordered[at]!;
    if (parent >= 0) {
      ordered[parent]!.descendants += descendants + 1;
    }
  }
  for (const [at, stretches] of criticalPath(ordered)) {
    ordered[at]!.critical = stretches;
  }
  return {
    id,
    start: new Date(Number(began / 1_000_000n)).toISOString(),
    durationMs: ordered.reduce((most, { startMs, durationMs }) => Math.max(most, startMs + durationMs), 0),
    spans: ordered,
    services: [...new Set(ordered.map(({ service }) => service))],
    errors: ordered.filter(({ isError }) => isError).length,
    partial,
  };
}

/** UTC, to the millisecond. */
export const startOf = (span: Span): string => new Date(Number(span.startNanos / 1_000_000n)).toISOString();

/** The indexes of the spans that show while those below `collapsed` ones do not. */
export function visibleSpans(spans: readonly Span[], collapsed: ReadonlySet<string>): number[] {
  const visible: number[] = [];
  for (let at = 0; at < spans.length; at += 1) {
    const span = spans[at]!;
    visible.push(at);
    if (collapsed.has(span.id)) {
      at += span.descendants;
    }
  }
  return visible;
}

/** Whether `text` is part of a span's name, service, message, or of one of its attributes; case does not matter. */
export function isFound(span: Span, text: string): boolean {
  const wanted = text.toLowerCase();
  const has = (value: string) => value.toLowerCase().includes(wanted);
  return (
    [span.name, span.service, span.id, span.statusMessage].some(has) ||
    span.attributes.some(([name, value]) => has(name) || has(value))
  );
}

function listIn<T>(lists: Map<string, T[]>, key: string): T[] {
  const list = lists.get(key) ?? [];
  lists.set(key, list);
  return list;
}

const compare = (a: bigint, b: bigint) => (a < b ? -1 : a > b ? 1 : 0);
