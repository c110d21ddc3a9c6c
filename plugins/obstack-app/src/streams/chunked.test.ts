import { config, setBackendSrv } from '@grafana/runtime';
import { FakeBackend } from '../test/backend';
import { chunked } from './chunked';

const { appSubUrl, bootData } = config;
afterEach(() => Object.assign(config, { appSubUrl, bootData }));

it('asks below the path that Grafana is served at, in the organisation of this tab', () => {
  const asked: object[] = [];
  const backend = new FakeBackend();
  setBackendSrv({
    chunked: (request: { url: string; data: unknown }) => {
      asked.push(request);
      return backend.chunked(request);
    },
  } as never);
  Object.assign(config, { appSubUrl: '/grafana', bootData: { user: { orgId: 7 } } });

  chunked({ url: '/api/plugin-proxy/obstack-app/proxy', headers: { accept: 'application/x-ndjson' } }).subscribe();

  expect(asked).toMatchObject([
    {
      url: '/grafana/api/plugin-proxy/obstack-app/proxy',
      headers: { accept: 'application/x-ndjson', 'X-Grafana-Org-Id': '7' },
    },
  ]);
});
