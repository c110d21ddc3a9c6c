// `npm run bench -- search`: people searching a million log lines, 100,000 spans and 5,000 series through our proxy.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { proxyNodeFlags, searchQueriesPerStore } from '@obstack/native';
import type { Stack } from '@obstack/native';
import { chooseCores, cpuSeconds } from '../measure/cpu.ts';
import { freePorts, Processes } from '../measure/processes.ts';
import type { Running } from '../measure/processes.ts';
import { percentile } from '../measure/stats.ts';
import { startControlPlane } from '../parts/control-plane-stand-in.ts';
import { PROXY_ENTRY } from '../parts/obstack.ts';
import { figure, renderTable } from '../table.ts';
import { FULL, QUICK, SPANS_PER_TRACE } from './dataset.ts';
import type { Size } from './dataset.ts';
import { openStores } from './stores.ts';
import { runUsers } from './users.ts';
import type { Load, Searched } from './users.ts';

export const AIM = { firstHitMs: 100, p95Ms: 300 };
const STORES = ['loki', 'tempo', 'prometheus'] as const;

export interface SearchOptions {
  readonly quick: boolean;
  readonly seconds: number | undefined;
}

/** Milliseconds. */
interface Times {
  readonly count: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

export interface LoadFigures {
  readonly load: Load;
  readonly searchesPerSecond: number;
  /** Of searches that found anything. */
  readonly firstHit: Times;
  /** Until the last line. */
  readonly done: Times;
  readonly kinds: Readonly<Record<string, { readonly firstHit: Times; readonly done: Times }>>;
  readonly sources: Readonly<Record<string, SourceFigures>>;
  /** CPU-seconds of each process, per 1,000 searches. */
  readonly cpuPer1000: Readonly<Record<string, number>>;
  readonly faults: readonly string[];
}

interface SourceFigures {
  readonly firstHit: Times;
  readonly done: Times;
  readonly states: Readonly<Record<string, number>>;
}

export interface SearchFigures {
  readonly size: Size;
  readonly loads: readonly LoadFigures[];
}

export async function runSearch(
  { quick, seconds }: SearchOptions,
  say: (line: string) => void,
): Promise<SearchFigures> {
  const size = quick ? QUICK : FULL;
  const dir = mkdtempSync(join(tmpdir(), 'obstack-bench-search-'));
  const { stack, endMs } = await openStores(size, say);
  const controlPlane = await startControlPlane();
  const processes = new Processes(dir);
  try {
    const [port = 0, otlpPort, metricsPort] = await freePorts(3);
    const proxy = await processes.start({
      name: 'proxy',
      command: process.execPath,
      args: [...proxyNodeFlags, PROXY_ENTRY],
      core: chooseCores().server,
      port,
      env: {
        PROXY_LISTEN: `127.0.0.1:${port}`,
        PROXY_OTLP_LISTEN: `127.0.0.1:${otlpPort ?? 0}`,
        PROXY_METRICS_LISTEN: `127.0.0.1:${metricsPort ?? 0}`,
        CONTROL_PLANE_URL: controlPlane.url,
        INTERNAL_TOKEN: 'bench-bench-bench-bench-bench-bench',
        LOKI_URL: stack.urls.loki,
        PROMETHEUS_URL: stack.urls.prometheus,
        TEMPO_URL: stack.urls.tempo,
        OTEL_COLLECTOR_URL: stack.urls.loki,
        SEARCH_QUERIES_PER_STORE: String(searchQueriesPerStore),
        LOG_LEVEL: 'warn',
      },
    });
    const place = {
      url: `http://127.0.0.1:${port}`,
      token: controlPlane.queryToken,
      endMs,
      traces: size.spans / SPANS_PER_TRACE,
    };
    const measuredMs = (seconds ?? (quick ? 5 : 60)) * 1000;
    const loads: LoadFigures[] = [];
    for (const load of loadsOf(quick, measuredMs)) {
      say(`${load.users} users, a search every ${load.thinkMs / 1000} s each`);
      let before = cpuOf(stack, proxy);
      const searched = await runUsers(place, load, () => (before = cpuOf(stack, proxy)));
      loads.push(figuresOf(load, searched, before, cpuOf(stack, proxy)));
    }
    return { size, loads };
  } finally {
    await processes.stopAll();
    controlPlane.close();
    await stack.stop();
    rmSync(dir, { recursive: true });
  }
}

/** One alone shows what a search takes; a hundred and five hundred, what is left of that. */
function loadsOf(quick: boolean, measuredMs: number): Load[] {
  const warmUpMs = quick ? 1_000 : 10_000;
  return [
    { users: 1, thinkMs: quick ? 200 : 500, warmUpMs, measuredMs },
    { users: quick ? 5 : 100, thinkMs: quick ? 6_000 : 60_000, warmUpMs, measuredMs },
    { users: quick ? 20 : 500, thinkMs: quick ? 6_000 : 60_000, warmUpMs, measuredMs },
  ];
}

function cpuOf(stack: Stack, proxy: Running): Record<string, number> {
  const stores = STORES.map((name) => [name, cpuSeconds(stack.pid(name) ?? 0)] as const);
  return { proxy: cpuSeconds(proxy.pid), ...Object.fromEntries(stores) };
}

function figuresOf(
  load: Load,
  searched: readonly Searched[],
  before: Readonly<Record<string, number>>,
  after: Readonly<Record<string, number>>,
): LoadFigures {
  const good = searched.filter(({ fault }) => fault === undefined);
  const statuses = good.flatMap(({ sources }) => sources);
  const perSource = Map.groupBy(statuses, ({ source }) => source);
  return {
    load,
    searchesPerSecond: searched.length / (load.measuredMs / 1000),
    firstHit: times(good.map(({ firstHitMs }) => firstHitMs)),
    done: times(good.map(({ doneMs }) => doneMs)),
    kinds: Object.fromEntries(
      [...Map.groupBy(good, ({ kind }) => kind)].map(([kind, of]) => [
        kind,
        {
          firstHit: times(of.map(({ firstHitMs }) => firstHitMs)),
          done: times(of.map(({ doneMs }) => doneMs)),
        },
      ]),
    ),
    sources: Object.fromEntries(
      [...perSource].map(([source, of]) => [
        source,
        {
          firstHit: times(of.map(({ firstHitMs }) => firstHitMs ?? undefined)),
          done: times(of.map(({ durationMs }) => durationMs)),
          states: Object.fromEntries(
            [...Map.groupBy(of, ({ status }) => status)].map(([status, some]) => [status, some.length]),
          ),
        },
      ]),
    ),
    cpuPer1000: Object.fromEntries(
      Object.entries(after).map(([name, used]) => [
        name,
        ((used - (before[name] ?? 0)) / searched.length) * 1000,
      ]),
    ),
    faults: [...new Set(searched.flatMap(({ fault }) => fault ?? []))],
  };
}

function times(values: readonly (number | undefined)[]): Times {
  const known = values.filter((value) => value !== undefined);
  return {
    count: known.length,
    p50: percentile(known, 50),
    p95: percentile(known, 95),
    p99: percentile(known, 99),
  };
}

export function renderSearch({ size, loads }: SearchFigures): string {
  const head = `${size.lines} log lines, ${size.spans} spans, ${size.series} series; milliseconds`;
  return [head, ...loads.map(renderLoad)].join('\n\n');
}

function renderLoad({
  load,
  searchesPerSecond,
  firstHit,
  done,
  kinds,
  sources,
  cpuPer1000,
}: LoadFigures): string {
  const row = (name: string, first: Times, all: Times, more = ''): string[] => [
    name,
    String(all.count),
    ...[first.p50, first.p95, all.p50, all.p95, all.p99].map(figure),
    more,
  ];
  const statesOf = (states: SourceFigures['states']): string =>
    Object.entries(states)
      .map(([state, count]) => `${state} ${count}`)
      .join(', ');
  const rows = [
    row('all searches', firstHit, done),
    ...Object.entries(kinds).map(([kind, of]) => row(`  ${kind}`, of.firstHit, of.done)),
    ...Object.entries(sources).map(([source, of]) => row(source, of.firstHit, of.done, statesOf(of.states))),
  ];
  const cpu = Object.entries(cpuPer1000).map(([name, seconds]) => `${name} ${figure(seconds)}`);
  return [
    `${load.users} users, each a search every ${load.thinkMs / 1000} s: ${figure(searchesPerSecond)} searches/s`,
    renderTable(['', 'searches', 'first p50', 'first p95', 'all p50', 'all p95', 'all p99', ''], rows),
    `CPU-seconds per 1,000 searches: ${cpu.join(', ')}`,
  ].join('\n');
}

/** What was aimed at and missed, and what went wrong. */
export function searchFaults({ loads }: SearchFigures): string[] {
  return loads.flatMap(({ load, firstHit, done, faults }) => [
    ...faults.map((fault) => `${load.users} users: ${fault}`),
    ...(firstHit.p50 > AIM.firstHitMs
      ? [`${load.users} users: first hit ${figure(firstHit.p50)} ms (median), aim ${AIM.firstHitMs}`]
      : []),
    ...(done.p95 > AIM.p95Ms ? [`${load.users} users: p95 ${figure(done.p95)} ms, aim ${AIM.p95Ms}`] : []),
  ]);
}
