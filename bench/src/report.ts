// From windows to figures: medians over the rounds, ratios to the peers, a table for people and JSON for keeping.
import { OURS } from './contest.ts';
import type { Scenario, Window } from './contest.ts';
import { median, spread } from './measure/stats.ts';
import { figure, ratio, renderTable } from './table.ts';

/** Medians over the rounds of one contender at one number of connections. */
export interface Figures {
  readonly scenario: string;
  readonly connections: number;
  readonly contender: string;
  /** CPU-seconds of the contender per 1,000 requests. */
  readonly cpuPer1000: number | undefined;
  /** Half the range of that over the rounds, as a share of it. */
  readonly cpuSpread: number | undefined;
  readonly requestsPerCpuSecond: number | undefined;
  readonly requestsPerSecond: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
  readonly errors: number;
  readonly samplesChecked: number;
  readonly complaints: readonly string[];
}

export function summarise(windows: readonly Window[]): Figures[] {
  const groups = Map.groupBy(windows, (w) => `${w.scenario}\n${w.connections}\n${w.contender}`);
  return [...groups.values()].map((group) => {
    const [{ scenario, connections, contender }] = group as [Window];
    const cpu = group.flatMap(({ cpuSeconds, requests }) =>
      cpuSeconds === undefined ? [] : [(cpuSeconds / requests) * 1000],
    );
    const isMeasured = cpu.length > 0;
    return {
      ...{ scenario, connections, contender },
      cpuPer1000: isMeasured ? median(cpu) : undefined,
      cpuSpread: isMeasured ? spread(cpu) : undefined,
      requestsPerCpuSecond: isMeasured ? 1000 / median(cpu) : undefined,
      requestsPerSecond: median(group.map(({ requests, seconds }) => requests / seconds)),
      p50: median(group.map(({ p50 }) => p50)),
      p99: median(group.map(({ p99 }) => p99)),
      errors: group.reduce((sum, { badStatus, broken }) => sum + badStatus + broken, 0),
      samplesChecked: group.reduce((sum, { samplesChecked }) => sum + samplesChecked, 0),
      complaints: [...new Set(group.flatMap(({ complaints }) => complaints))],
    };
  });
}

/** One table for each number of connections. Ratios are ours ÷ theirs in CPU-seconds: below 1 we are cheaper. */
export function renderScenario(scenario: Scenario, all: readonly Figures[]): string {
  const mine = all.filter((figures) => figures.scenario === scenario.name);
  const connections = [...new Set(mine.map((figures) => figures.connections))];
  return connections
    .map((count) => {
      const rows = mine.filter((figures) => figures.connections === count);
      const title = `${scenario.name}, ${count} ${count === 1 ? 'connection' : 'connections'}`;
      return `${title}${verdict(scenario, rows, count)}\n${renderTable(HEAD, rows.map(rowAmong(rows)))}\n`;
    })
    .join('\n');
}

const HEAD = [
  '',
  'CPU-s/1000',
  '±',
  'req/CPU-s',
  'req/s',
  'p50 ms',
  'p99 ms',
  'errors',
  'checked',
  'ours÷this',
  'p99 ours÷this',
];

const rowAmong = (rows: readonly Figures[]): ((figures: Figures) => string[]) => {
  const ours = rows.find(({ contender }) => contender === OURS);
  return (figures) => [
    figures.contender,
    figure(figures.cpuPer1000),
    figures.cpuSpread === undefined ? '–' : `${Math.round(figures.cpuSpread * 100)}%`,
    figure(figures.requestsPerCpuSecond),
    figure(figures.requestsPerSecond),
    figure(figures.p50),
    figure(figures.p99),
    String(figures.errors),
    String(figures.samplesChecked),
    ratio(ours?.cpuPer1000, figures.cpuPer1000),
    ratio(ours?.p99, figures.p99),
  ];
};

function verdict({ aim }: Scenario, rows: readonly Figures[], connections: number): string {
  const wanted = aim?.[connections];
  const got = rows.find(({ contender }) => contender === OURS)?.cpuPer1000;
  if (wanted === undefined || got === undefined) return '';
  return ` (aim ${wanted}: ${got <= wanted ? 'met' : `missed by ${ratio(got, wanted)}`})`;
}

/** What makes a run worthless: requests that failed, or that did not arrive as they should have. */
export function faults(figures: readonly Figures[]): string[] {
  return figures.flatMap((f) => {
    const at = `${f.contender}, ${f.scenario}, ${f.connections} connections`;
    const failed = f.errors > 0 ? [`${at}: ${f.errors} requests failed`] : [];
    return [...failed, ...f.complaints.map((complaint) => `${at}: ${complaint}`)];
  });
}
