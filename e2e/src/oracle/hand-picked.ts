// The hand-picked queries of e2e/queries: one a line, `#` starts a comment line, `==>` says what to expect when that is
// not an equal answer.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { traceIdOf } from '../data/metrics.ts';
import { othersThan } from '../lab/tenants.ts';
import type { LabTenant } from '../lab/tenants.ts';

export interface HandPicked {
  readonly query: string;
  readonly expected: Expected;
}

/**
 * - `equal`: the proxy answers what the tenant's own store answers, or fails as that does;
 * - `refused`: the proxy turns away what the store would answer;
 * - `equal-as-enforced`: only the text with the tenant in it is answered alike.
 */
export type Expected = 'equal' | 'refused' | 'equal-as-enforced';

const EXPECTED = / ==> (refused|equal-as-enforced)$/;

/** The queries of one language as `me` would ask them: `$other` and the like are filled in. */
export function handPicked(language: 'promql' | 'logql' | 'traceql', me: LabTenant): HandPicked[] {
  const file = fileURLToPath(new URL(`../../queries/${language}.txt`, import.meta.url));
  const [other] = othersThan(me);
  if (!other) throw new Error('the lab has one tenant only');
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => ({
      expected: (EXPECTED.exec(line)?.[1] ?? 'equal') as Expected,
      query: line
        .replace(EXPECTED, '')
        .replaceAll('$me', me.id)
        .replaceAll('$other', other.id)
        .replaceAll('$word', other.secret)
        .replaceAll('$trace', traceIdOf(other, 0)),
    }));
}
