// People who search: each asks, reads for a while, and asks something else. No two requests are the same.
import { Agent, request as httpRequest } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import type { SearchLine, SearchRequest, SearchSourceStatus } from '@obstack/contracts/search';
import { seededRng } from '@obstack/proxy/testing';
import type { Rng } from '@obstack/proxy/testing';
import { PHRASES, SERVICES, traceIdOf } from './dataset.ts';

export interface Load {
  readonly users: number;
  /** Time a person takes to read before the next search, on average. */
  readonly thinkMs: number;
  readonly warmUpMs: number;
  readonly measuredMs: number;
}

export interface Place {
  readonly url: string;
  readonly token: string;
  readonly endMs: number;
  readonly traces: number;
}

/** One search as a person sees it; milliseconds from the moment it was sent. */
export interface Searched {
  readonly kind: string;
  readonly firstHitMs: number | undefined;
  readonly doneMs: number;
  readonly sources: readonly SearchSourceStatus[];
  readonly fault: string | undefined;
}

/** The searches that began and ended within the measured time, or began in it and never ended. */
export async function runUsers(place: Place, load: Load, onMeasuring: () => void): Promise<Searched[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: load.users });
  const from = performance.now() + load.warmUpMs;
  const until = from + load.measuredMs;
  const measured: Searched[] = [];
  const timer = setTimeout(onMeasuring, load.warmUpMs);
  const person = async (index: number): Promise<void> => {
    const random = seededRng(7_000 + index);
    // Nobody begins at the same moment as all others.
    await pause(random() * load.thinkMs);
    while (performance.now() < until) {
      const begun = performance.now();
      const searched = await searchOnce(agent, place, random);
      if (begun >= from) measured.push(searched);
      await pause(Math.max(0, Math.min(2 * random() * load.thinkMs, until - performance.now())));
    }
  };
  await Promise.all(Array.from({ length: load.users }, (_, index) => person(index)));
  clearTimeout(timer);
  agent.destroy();
  return measured;
}

const pick = <T>(random: Rng, from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;

/** What people look for, with its share of all searches up to itself. */
type Kind = readonly [kind: string, share: number, query: (random: Rng, traces: number) => string];
const KINDS: readonly [Kind, ...Kind[]] = [
  ['errors of a service', 0.3, (random) => `service:${pick(random, SERVICES)} level:error`],
  [
    'words in a service',
    0.55,
    (random) => `service:${pick(random, SERVICES)} "${pick(random, PHRASES).text}"`,
  ],
  ['words anywhere', 0.7, (random) => `"${pick(random, PHRASES).text}"`],
  ['a word everywhere', 0.8, (random) => pick(random, SERVICES)],
  [
    'slow spans',
    0.9,
    (random) => `service:${pick(random, SERVICES)} duration:>${100 + Math.floor(random() * 600)}ms`,
  ],
  ['a trace', 1, (random, traces) => `trace:${traceIdOf(Math.floor(random() * traces))}`],
];

async function searchOnce(agent: Agent, place: Place, random: Rng): Promise<Searched> {
  const draw = random();
  const [kind, , query] = KINDS.find(([, share]) => draw < share) ?? KINDS[0];
  // "The last quarter of an hour", as of some moment of the last minutes.
  const to = place.endMs - Math.floor(random() * 300_000);
  const asked: SearchRequest = {
    query: query(random, place.traces),
    from: new Date(to - (random() < 0.7 ? 15 : 40) * 60_000).toISOString(),
    to: new Date(to).toISOString(),
  };
  const begun = performance.now();
  let firstHitMs: number | undefined;
  let text = '';
  let fault: string | undefined;
  try {
    const status = await post(agent, place, JSON.stringify(asked), (chunk) => {
      text += chunk;
      if (firstHitMs === undefined && text.includes('"type":"hit"')) firstHitMs = performance.now() - begun;
    });
    if (status !== 200) fault = `status ${status}: ${text.slice(0, 200)}`;
    else if (!text.includes('"type":"done"')) fault = 'the answer was cut';
  } catch (error) {
    fault = String(error);
  }
  const doneMs = performance.now() - begun;
  const sources =
    fault === undefined
      ? text
          .split('\n')
          .filter((line) => line.startsWith('{"type":"source"'))
          .map((line) => JSON.parse(line) as Extract<SearchLine, { type: 'source' }>)
      : [];
  return { kind, firstHitMs, doneMs, sources, fault };
}

function post(
  agent: Agent,
  { url, token }: Place,
  body: string,
  onText: (chunk: string) => void,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(`${url}/api/v1/search`, {
      agent,
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    });
    request.on('error', reject);
    request.on('response', (response) => {
      response.setEncoding('utf8');
      response.on('data', onText);
      response.on('error', reject);
      response.on('end', () => resolve(response.statusCode ?? 0));
    });
    request.end(body);
  });
}
