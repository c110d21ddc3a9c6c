// `npm run e2e`: the pages in a real Grafana. It takes the one at GRAFANA_URL, or the one that `npm start` runs; where
// there is none it says so and stops, for a clone without a Grafana is not broken.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const STATE = join(import.meta.dirname, '../../../.obstack');

interface Found {
  url: string;
  password: string | undefined;
}

function find(): Found | undefined {
  const { GRAFANA_URL: url, GRAFANA_ADMIN_PASSWORD: password } = process.env;
  if (url) {
    return { url, password };
  }
  const demoFile = join(STATE, 'demo.json');
  if (!existsSync(demoFile)) {
    return undefined;
  }
  const { grafanaUrl } = JSON.parse(readFileSync(demoFile, 'utf8')) as { grafanaUrl: string | null };
  const passwordFile = join(STATE, 'secrets/grafana-admin-password');
  return grafanaUrl === null ? undefined : { url: grafanaUrl, password: readFileSync(passwordFile, 'utf8').trim() };
}

const answers = (url: string) =>
  fetch(`${url.replace(/\/$/, '')}/api/health`).then(
    ({ ok }) => ok,
    () => false
  );

const grafana = find();
if (!grafana) {
  console.log(
    'e2e did NOT run: there is no Grafana. Set GRAFANA_HOME and `npm start`, or set GRAFANA_URL and GRAFANA_ADMIN_PASSWORD.'
  );
} else if (!(await answers(grafana.url))) {
  console.log(`e2e did NOT run: Grafana does not answer at ${grafana.url}.`);
  // Somebody named this one and expects it to be there.
  process.exitCode = process.env.GRAFANA_URL ? 1 : 0;
} else {
  const { status } = spawnSync('playwright', ['test', ...process.argv.slice(2)], {
    cwd: join(import.meta.dirname, '..'),
    stdio: 'inherit',
    env: {
      ...process.env,
      GRAFANA_URL: grafana.url,
      ...(grafana.password !== undefined && { GRAFANA_ADMIN_PASSWORD: grafana.password }),
    },
  });
  process.exitCode = status ?? 1;
}
