// What `npm start` left behind: where everything is, and who may come in.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export type Role = 'viewer' | 'editor' | 'admin';

export interface Person {
  login: string;
  password: string;
}

export interface DemoTenant {
  id: string;
  name: string;
  queryToken: string;
  grafana: { orgId: number } & Record<Role, Person>;
}

export interface Demo {
  grafanaUrl: string;
  proxyUrl: string;
  tenants: [DemoTenant, DemoTenant, ...DemoTenant[]];
}

export const stateDir = process.env.OBSTACK_STATE ?? join(__dirname, '../../../.obstack');

/** Throws without a demo that has a Grafana. */
export function readDemo(): Demo {
  const demo = JSON.parse(readFileSync(join(stateDir, 'demo.json'), 'utf8')) as Demo;
  if (demo.grafanaUrl === null || demo.tenants.some(({ grafana }) => grafana === null)) {
    throw new Error('the demo runs without Grafana: set GRAFANA_HOME and start it again');
  }
  return demo;
}

/** Of Grafana itself; its first organisation is the operator's. */
export const readGrafanaAdmin = (): Person => ({
  login: 'admin',
  password: readFileSync(join(stateDir, 'secrets', 'grafana-admin-password'), 'utf8').trim(),
});

/** The process id of a part of the stack that runs now. */
export function pidOf(part: string): number {
  const { processes } = JSON.parse(readFileSync(join(stateDir, 'state.json'), 'utf8')) as {
    processes: Record<string, { pid: number } | undefined>;
  };
  const pid = processes[part]?.pid;
  if (pid === undefined) {
    throw new Error(`${part} does not run`);
  }
  return pid;
}
