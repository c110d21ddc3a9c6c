// Where the time goes: adds up a V8 CPU profile by the part of the request's path that each function belongs to.
// https://chromedevtools.github.io/devtools-protocol/tot/Profiler/#type-Profile

export interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string };
    readonly children?: readonly number[];
  }[];
  /** The node that was on top at each sample. */
  readonly samples: readonly number[];
  /** Microseconds between a sample and the one before it. */
  readonly timeDeltas: readonly number[];
}

export interface Share {
  readonly part: string;
  /** Of the time in which the process was not idle; 0 to 1. */
  readonly share: number;
}

// By where a function lives; the first that fits counts.
const PARTS: readonly (readonly [part: string, url: RegExp])[] = [
  ['enforce and rebuild the query', /\/proxy\/src\/query\/|\/@lezer\/|\/lezer-(promql|logql|traceql)\//],
  ['stamp', /\/proxy\/src\/ingest\//],
  ['identify', /\/proxy\/src\/tenancy\/|\/contracts\/|^node:internal\/crypto/],
  ['our metrics', /\/prom-client\/|\/proxy\/src\/metrics|service-kit\/src\/metrics/],
  ['route, body, forward', /\/proxy\/src\//],
  ['undici', /\/undici\/|^wasm:/],
  ['snappy, zlib', /\/snappy\/|^node:zlib/],
  ['node: HTTP server', /^node:(_http|internal\/http)/],
  ['node: sockets and streams', /^node:(net|internal\/(stream|js_stream)|_stream|stream|events)/],
  [
    'node: event loop, timers, promises',
    /^node:internal\/(timers|process|async_hooks|per_context)|^node:timers/,
  ],
  ['node: buffers and the rest', /^node:/],
];
const SPECIAL = new Map([
  ['(garbage collector)', 'garbage collection'],
  ['(program)', 'outside of JavaScript: libuv, HTTP parser, reads'],
]);
// What JavaScript calls to hand bytes to the kernel.
const WRITES = /^(writev|writeBuffer|write(Latin1|Utf8|Ascii|Ucs2)String|shutdown)$/;

/**
 * The parts that took time, the greatest first.
 * @param lastSeconds how much of the profile counts, from its end: starting up is none of a request's business
 */
export function sharesByPart(profile: CpuProfile, lastSeconds: number): Share[] {
  const parts = partsOf(profile);
  const micros = new Map<string, number>();
  const { samples, timeDeltas } = profile;
  let busy = 0;
  let remaining = lastSeconds * 1e6;
  for (let i = samples.length - 1; i >= 0 && remaining > 0; i--) {
    const delta = timeDeltas[i] ?? 0;
    remaining -= delta;
    const part = parts.get(samples[i] ?? 0) ?? 'other';
    if (part === IDLE) continue;
    busy += delta;
    micros.set(part, (micros.get(part) ?? 0) + delta);
  }
  return [...micros].map(([part, time]) => ({ part, share: time / busy })).sort((a, b) => b.share - a.share);
}

const IDLE = 'idle';

/** By node id. Native functions have no address of their own and belong to whoever called them. */
function partsOf({ nodes }: CpuProfile): Map<number, string> {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const parts = new Map<number, string>();
  const visit = (id: number, caller: string): void => {
    const node = byId.get(id);
    if (!node) return;
    const { functionName, url } = node.callFrame;
    const part = functionName === '(idle)' ? IDLE : (ownPart(functionName, url) ?? caller);
    parts.set(id, part);
    for (const child of node.children ?? []) visit(child, part);
  };
  const [root] = nodes;
  if (root) visit(root.id, 'other');
  return parts;
}

function ownPart(functionName: string, url: string): string | undefined {
  if (url === '')
    return SPECIAL.get(functionName) ?? (WRITES.test(functionName) ? 'writes to sockets' : undefined);
  return PARTS.find(([, pattern]) => pattern.test(url))?.[0];
}
