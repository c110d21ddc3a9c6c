// The stores of the benchmark with its data in them, kept in the user's cache from one run to the next: filling them takes
// minutes. They are filled anew when the data has become too old for the stores to keep.
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { startStack } from '@obstack/native';
import type { Stack } from '@obstack/native';
import { TENANT_ID } from '../parts/control-plane-stand-in.ts';
import { COVERED_MS, pushes, SPANS_PER_TRACE } from './dataset.ts';
import type { Size } from './dataset.ts';

/** To be raised when the data changes, or how a store keeps it. */
const VERSION = 3;
/** The stores keep 15 days. */
const MAX_AGE_MS = 10 * 86_400_000;
const VISIBLE_DEADLINE_MS = 60_000;

export interface FilledStores {
  readonly stack: Stack;
  /** The data covers `COVERED_MS` before. */
  readonly endMs: number;
}

/** @param say gets a line now and then */
export async function openStores(size: Size, say: (line: string) => void): Promise<FilledStores> {
  const cache = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
  const dir = join(cache, 'obstack', `bench-search-v${VERSION}-${size.lines}`);
  const marker = join(dir, 'filled.json');
  const known = await readFile(marker, 'utf8').then(
    (text) => JSON.parse(text) as { endMs: number },
    () => undefined,
  );
  const isFresh = known !== undefined && Date.now() - known.endMs < MAX_AGE_MS;
  if (!isFresh) {
    await rm(dir, { recursive: true, force: true });
    await mkdir(dir, { recursive: true });
  }
  const stack = await startStack({ dir, parts: ['loki', 'tempo', 'prometheus'], ports: 'free' });
  try {
    if (isFresh) say(`reusing the data of ${new Date(known.endMs).toISOString()} in ${dir}`);
    const endMs = isFresh ? known.endMs : await fill(stack, size, say);
    await allVisible(stack, size, endMs, say);
    if (!isFresh) await writeFile(marker, JSON.stringify({ endMs, size }));
    return { stack, endMs };
  } catch (error) {
    await stack.stop();
    throw error;
  }
}

async function fill(stack: Stack, size: Size, say: (line: string) => void): Promise<number> {
  const endMs = Math.floor(Date.now() / 60_000) * 60_000;
  const urls = {
    loki: stack.urls.loki,
    tempo: stack.env['TEMPO_OTLP_URL'] ?? '',
    prometheus: stack.urls.prometheus,
  };
  let bytes = 0;
  let saidAt = 0;
  for (const { store, path, headers, body } of pushes(size, endMs)) {
    const reply = await fetch(urls[store] + path, { method: 'POST', headers, body: new Uint8Array(body) });
    if (!reply.ok) throw new Error(`${store} answered ${reply.status}: ${await reply.text()}`);
    await reply.arrayBuffer();
    bytes += body.length;
    if (Date.now() - saidAt < 5_000) continue;
    saidAt = Date.now();
    say(`filling ${store}: ${Math.round(bytes / 2 ** 20)} MiB sent`);
  }
  return endMs;
}

/** Waits until each store counts what it was given. */
async function allVisible(
  stack: Stack,
  size: Size,
  endMs: number,
  say: (line: string) => void,
): Promise<void> {
  const seconds = endMs / 1000;
  const counted = {
    lines: () =>
      total(stack.urls.loki, '/loki/api/v1/query', {
        query: `sum(count_over_time({tenant_id="${TENANT_ID}"}[2h]))`,
        time: String(seconds + 60),
      }),
    spans: () =>
      total(stack.urls.tempo, '/api/metrics/query_range', {
        q: `{ resource.tenant_id="${TENANT_ID}" } | count_over_time()`,
        start: String(seconds - COVERED_MS / 1000),
        end: String(seconds + 60),
        step: '60s',
      }),
    series: () =>
      total(stack.urls.prometheus, '/api/v1/query', {
        query: `count({tenant_id="${TENANT_ID}"})`,
        time: String(seconds - 15),
      }),
  };
  const deadline = Date.now() + VISIBLE_DEADLINE_MS;
  for (const [what, count] of Object.entries(counted)) {
    for (;;) {
      const found = await count();
      if (found >= size[what as keyof Size]) break;
      if (Date.now() > deadline) {
        // Recent spans are told by one part of Tempo and older ones by another; at the seam a few may be missing.
        say(`only ${found} of ${size[what as keyof Size]} ${what} can be counted`);
        break;
      }
      await pause(1_000);
    }
  }
  say(
    `${size.lines} lines, ${size.spans} spans in ${size.spans / SPANS_PER_TRACE} traces, ${size.series} series`,
  );
}

interface Answer {
  readonly data?: { readonly result: readonly { readonly value: readonly [number, string] }[] };
  readonly series?: readonly { readonly samples: readonly { readonly value?: number }[] }[];
}

async function total(url: string, path: string, params: Record<string, string>): Promise<number> {
  const reply = await fetch(`${url}${path}?${new URLSearchParams(params).toString()}`, {
    headers: { 'x-scope-orgid': TENANT_ID },
  });
  if (!reply.ok) return 0;
  const { data, series } = (await reply.json()) as Answer;
  if (data) return Number(data.result[0]?.value[1] ?? 0);
  return (series ?? []).flatMap(({ samples }) => samples).reduce((sum, { value = 0 }) => sum + value, 0);
}
