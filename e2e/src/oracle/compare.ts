// The oracle: a query through the proxy against stores that hold many tenants returns exactly what the same query
// returns against stores that hold only that tenant's data.
import { enforceLogql, enforcePromql, enforceTraceql } from '@obstack/proxy/testing';
import type { Lab } from '../lab/lab.ts';
import { othersThan } from '../lab/tenants.ts';
import type { LabTenant } from '../lab/tenants.ts';
import { canonical, isEmpty } from './canonical.ts';
import { askAlone, askProxy } from './question.ts';
import type { Answer, Question } from './question.ts';

export type Verdict =
  /** `filled`: the equal answers hold something. */
  | { readonly kind: 'equal'; readonly filled: boolean }
  /** The query as asked is answered otherwise, the enforced text alike in both places: see e2e/queries for when. */
  | { readonly kind: 'equal-as-enforced' }
  /** Both sides turned the query away. */
  | { readonly kind: 'failed-alike'; readonly status: number }
  /** The proxy turned away what the store would have answered. */
  | { readonly kind: 'refused'; readonly message: string }
  | { readonly kind: 'different'; readonly through: string; readonly alone: string }
  /** The store alone, asked again, does not give the same answer twice: nothing to compare with. */
  | { readonly kind: 'unstable' };

export interface Compared {
  readonly question: Question;
  readonly tenant: LabTenant;
  readonly verdict: Verdict;
}

export interface Oracle {
  readonly lab: Lab;
  readonly proxyUrl: string;
}

// A store that moves data from memory to disk, as Tempo does once a minute, may for a moment answer with half of it.
const ATTEMPTS = 4;
const BETWEEN_ATTEMPTS_MS = 250;

/** Asks both sides, and again while they differ: a difference that lasts is one. A leak is one at once. */
export async function compare(oracle: Oracle, tenant: LabTenant, question: Question): Promise<Compared> {
  for (let attempt = 1; ; attempt += 1) {
    const { verdict, isFinal } = await compareOnce(oracle, tenant, question);
    if (isFinal || attempt === ATTEMPTS) return { question, tenant, verdict };
    await new Promise((resolve) => setTimeout(resolve, BETWEEN_ATTEMPTS_MS));
  }
}

async function compareOnce(
  { lab, proxyUrl }: Oracle,
  tenant: LabTenant,
  question: Question,
): Promise<{ verdict: Verdict; isFinal: boolean }> {
  const [through, alone] = await Promise.all([
    askProxy(proxyUrl, tenant.queryToken, question),
    askAlone(lab, tenant, question),
  ]);
  const verdict = judge(question, tenant, through, alone);
  // No excuse for a neighbour's word: neither instability nor the enforced text is looked at then.
  if (verdict.kind !== 'different' || isLeak(question, tenant, through, alone))
    return { verdict, isFinal: true };
  for (let i = 0; i < 3; i += 1) {
    const again = judge(question, tenant, await askAlone(lab, tenant, question), alone);
    if (again.kind === 'different') return { verdict: { kind: 'unstable' }, isFinal: false };
  }
  const enforced = through.status === 200 ? asEnforced(question, tenant) : undefined;
  if (!enforced) return { verdict, isFinal: false };
  const { kind } = judge(question, tenant, through, await askAlone(lab, tenant, enforced));
  return kind === 'equal'
    ? { verdict: { kind: 'equal-as-enforced' }, isFinal: true }
    : { verdict, isFinal: false };
}

const ENFORCE = { prometheus: enforcePromql, loki: enforceLogql, tempo: enforceTraceql };

/** The same question with the text that the proxy sends, when there is a query in it. */
function asEnforced(question: Question, { id }: LabTenant): Question | undefined {
  const name = question.api === 'tempo' ? 'q' : 'query';
  const query = question.params?.[name];
  if (typeof query !== 'string') return undefined;
  return { ...question, params: { ...question.params, [name]: ENFORCE[question.api](query, id) } };
}

function judge(question: Question, tenant: LabTenant, through: Answer, alone: Answer): Verdict {
  const different: Verdict = { kind: 'different', through: through.text, alone: alone.text };
  if (isLeak(question, tenant, through, alone)) return different;
  if (through.status !== 200 && alone.status !== 200) return { kind: 'failed-alike', status: through.status };
  if (through.status === 400) return { kind: 'refused', message: through.text };
  if (through.status !== alone.status) return different;
  try {
    const isEqual =
      canonical(question, through.text, tenant.id) === canonical(question, alone.text, tenant.id);
    return isEqual ? { kind: 'equal', filled: !isEmpty(question, alone.text) } : different;
  } catch {
    return different;
  }
}

/**
 * A neighbour's secret that the tenant's own answer does not hold is a leak, in an error too, but for one that quotes
 * the query. Its id is no such word: it stands in the tenant's own data by right (see src/data).
 */
function isLeak({ params }: Question, tenant: LabTenant, through: Answer, alone: Answer): boolean {
  const quoted = through.status === 200 ? '' : JSON.stringify(params);
  return othersThan(tenant).some(
    ({ secret }) => through.text.includes(secret) && !alone.text.includes(secret) && !quoted.includes(secret),
  );
}

/** Compares all, a few at a time: the stores share two cores with the tests. */
export async function compareAll(
  oracle: Oracle,
  asked: readonly { tenant: LabTenant; question: Question }[],
): Promise<Compared[]> {
  const results: Compared[] = [];
  const queue = [...asked.entries()];
  const worker = async (): Promise<void> => {
    for (let next = queue.shift(); next; next = queue.shift()) {
      const [index, { tenant, question }] = next;
      results[index] = await compare(oracle, tenant, question);
    }
  };
  await Promise.all(Array.from({ length: 4 }, worker));
  return results;
}

export interface Tally {
  readonly equal: number;
  readonly filled: number;
  readonly asEnforced: Compared[];
  readonly failedAlike: number;
  readonly unstable: number;
  readonly refused: Compared[];
  readonly different: Compared[];
}

export function tally(results: readonly Compared[]): Tally {
  const of = (kind: Verdict['kind']): Compared[] => results.filter(({ verdict }) => verdict.kind === kind);
  return {
    equal: of('equal').length,
    filled: results.filter(({ verdict }) => verdict.kind === 'equal' && verdict.filled).length,
    asEnforced: of('equal-as-enforced'),
    failedAlike: of('failed-alike').length,
    unstable: of('unstable').length,
    refused: of('refused'),
    different: of('different'),
  };
}

/** What a failed expectation should print: the question, and where the two answers part. */
export function explain({ question, tenant, verdict }: Compared): string {
  const head = `${question.path} as ${tenant.secret}: ${JSON.stringify(question.params)}`;
  if (verdict.kind === 'refused') return `${head}\n  refused: ${verdict.message}`;
  if (verdict.kind !== 'different') return `${head}\n  ${verdict.kind}`;
  return `${head}\n  through the proxy: ${cut(verdict.through)}\n  alone:             ${cut(verdict.alone)}`;
}

const cut = (text: string): string => (text.length > 3000 ? `${text.slice(0, 3000)}…` : text);
