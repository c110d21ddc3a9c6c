/** The last thing a start says: what to open, and what to try. It names files that hold secrets, never their content. */
import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { repositoryDir } from './paths.ts';
import type { Stack } from './stack.ts';

export function summary(stack: Pick<Stack, 'dir' | 'urls' | 'env'>): string {
  const { urls, env } = stack;
  const file = (...path: string[]) => relative(process.cwd(), join(stack.dir, ...path)) || '.';
  const lines: [string, string | undefined][] = [
    [
      'Grafana',
      urls.grafana &&
        `${urls.grafana}   (people of each tenant in ${file('demo.json')}; admin, password in ${file('secrets', 'grafana-admin-password')})`,
    ],
    ['Proxy', urls.proxy && `${urls.proxy}   (OTLP/HTTP also on http://${env['PROXY_OTLP_LISTEN'] ?? ''})`],
    ['Admin API', urls['control-plane'] && `${urls['control-plane']}/api/v1`],
    ['Operator', urls['control-plane'] && file('secrets', 'operator.json')],
    [
      'Keycloak',
      urls.keycloak &&
        `${urls.keycloak}   (people sign in at ${urls['control-plane']}/api/v1/auth/oidc/login?tenant=<name>)`,
    ],
    [
      'Demo',
      existsSync(join(stack.dir, 'demo.json')) ? `${file('demo.json')}   (tenants, keys, tokens)` : undefined,
    ],
    ['Logs', file('logs')],
  ];
  const rows = lines.flatMap(([name, value]) => (value ? [`  ${name.padEnd(11)}${value}`] : []));
  return ['', ...rows, ...toTry(stack), ''].join('\n');
}

function toTry({ dir, urls }: Pick<Stack, 'dir' | 'urls'>): string[] {
  if (!urls.proxy || !existsSync(join(dir, 'demo.json'))) return [];
  const demo = relative(repositoryDir, join(dir, 'demo.json'));
  return [
    '',
    '  Try',
    '    npm run verify     push one event per signal for each tenant and see who can read it',
    `    TOKEN=$(node -p "require('./${demo}').tenants[0].queryToken")`,
    `    curl -sG ${urls.proxy}/prometheus/api/v1/query -H "Authorization: Bearer $TOKEN" --data-urlencode 'query=count({__name__=~".+"})'`,
  ];
}
