// `npm run e2e`: the pages in a real Grafana, the one that `npm start` runs. Where there is none it says so and stops, for a
// clone without a Grafana is not broken. `npm run screenshots` goes the same way to the pictures of the documentation.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const STATE = process.env.OBSTACK_STATE ?? join(import.meta.dirname, '../../../.obstack');

function grafanaUrl(): string | null {
  const demoFile = join(STATE, 'demo.json');
  return existsSync(demoFile)
    ? (JSON.parse(readFileSync(demoFile, 'utf8')) as { grafanaUrl: string | null }).grafanaUrl
    : null;
}

const answers = (url: string) =>
  fetch(`${url.replace(/\/$/, '')}/api/health`).then(
    ({ ok }) => ok,
    () => false
  );

const url = grafanaUrl();
if (url === null || !(await answers(url))) {
  console.log(
    url === null
      ? 'This did NOT run: there is no Grafana. Set GRAFANA_HOME (or use `npm start -- --with-grafana`) and `npm start`.'
      : `This did NOT run: Grafana does not answer at ${url}. Is the stack running? \`npm start\` starts it.`
  );
} else {
  const { status } = spawnSync('playwright', ['test', ...process.argv.slice(2)], {
    cwd: join(import.meta.dirname, '..'),
    stdio: 'inherit',
    env: { ...process.env, GRAFANA_URL: url },
  });
  process.exitCode = status ?? 1;
}
