/**
 * What a trace waited for. From the end of its root backwards, it is the child that ended last, then whatever of the parent
 * came before that child, and so on (as in Jaeger's critical path,
 * https://www.jaegertracing.io/docs/latest/features/#critical-path). A child counts within its parent's time only: what
 * goes on afterwards nobody waits for.
 */
interface Timed {
  startMs: number;
  durationMs: number;
  parent: number;
}

export type Stretch = readonly [from: number, to: number];

/** Of spans in which each parent comes before its children: when each that matters was waited for, by its index. */
export function criticalPath(spans: readonly Timed[]): Map<number, Stretch[]> {
  const children = spans.map((): number[] => []);
  spans.forEach(({ parent }, at) => children[parent]?.push(at));

  const path = new Map<number, Stretch[]>();
  const add = (at: number, from: number, to: number) => {
    if (to > from) {
      path.set(at, [[from, to], ...(path.get(at) ?? [])]);
    }
  };

  const root = longestRoot(spans);
  const waiting = root < 0 ? [] : [{ at: root, end: endOf(spans[root]!) }];
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const { at, end } = next;
    const { startMs } = spans[at]!;
    let cursor = end;
    const ended = children[at]!.map((child) => ({ child, end: Math.min(endOf(spans[child]!), end) })).sort(
      (a, b) => b.end - a.end
    );
    for (const each of ended) {
      const start = Math.max(spans[each.child]!.startMs, startMs);
      if (each.end <= cursor && each.end > start) {
        add(at, each.end, cursor);
        waiting.push({ at: each.child, end: each.end });
        cursor = start;
      }
    }
    add(at, startMs, cursor);
  }
  return path;
}

const endOf = ({ startMs, durationMs }: Timed) => startMs + durationMs;

function longestRoot(spans: readonly Timed[]): number {
  let longest = -1;
  spans.forEach(({ parent, durationMs }, at) => {
    if (parent < 0 && (longest < 0 || durationMs > spans[longest]!.durationMs)) {
      longest = at;
    }
  });
  return longest;
}
