import type { FakeBackend } from '../test/backend';
import { startGrafana } from '../test/grafana';
import { doneLine, sourceLine } from '../test/search-lines';
import { testControlPlane, testProxy } from './connection-test';

const TENANTS = '/prometheus/api/v1/label/tenant_id/values';
const TENANT = '0f6c2a9e-6d1c-4b6b-9a55-0a2f2c1d7e11';

let backend: FakeBackend;
beforeEach(() => {
  backend = startGrafana();
});

function tested(tenants: string[], ...lines: object[]) {
  backend.answers.set(TENANTS, { data: tenants });
  const findings = testProxy('/api');
  backend.last.sendLines(...lines, doneLine());
  backend.last.end();
  return findings;
}

describe('the connection test', () => {
  it('names each source and the one tenant that is seen', async () => {
    const findings = await tested(
      [TENANT],
      sourceLine(),
      sourceLine({ source: 'tempo', signal: 'traces', status: 'failed', reason: 'connection refused' }),
      sourceLine({ source: 'opensearch', status: 'not-configured' })
    );
    expect(findings).toEqual([
      { severity: 'success', title: 'Loki answers, in 42 ms', detail: '' },
      { severity: 'error', title: 'Tempo does not answer', detail: 'connection refused' },
      { severity: 'info', title: 'OpenSearch is not part of this installation', detail: '' },
      { severity: 'success', title: 'The token reads one tenant, and nothing else', detail: TENANT },
    ]);
  });

  it('asks for little', () => {
    void tested([TENANT]);
    expect(backend.last.data).toMatchObject({ query: '', limit: 1 });
  });

  it('sounds the alarm when several tenants show: that is no Obstack proxy', async () => {
    const [finding] = await tested([TENANT, 'another']);
    expect(finding).toMatchObject({ severity: 'error', title: 'This address shows the data of several tenants' });
  });

  it('does not claim more than it saw of a tenant without data', async () => {
    expect(await tested([])).toMatchObject([{ severity: 'info' }]);
  });

  it.each([
    [403, 'The proxy refuses this token: it is wrong, expired, revoked, or not for queries'],
    [502, 'Grafana’s server cannot reach the proxy at this address'],
    [404, 'What answers at this address is not an Obstack proxy'],
  ])('explains %i', async (status, title) => {
    backend.answers.set(TENANTS, { data: [] });
    const findings = testProxy('/api');
    backend.last.refuse(status, { title: 'No', detail: 'why' });
    expect(await findings).toEqual([{ severity: 'error', title, detail: 'why' }]);
  });

  it('takes a silent control-plane for a warning', async () => {
    backend.answers.set('/cp/api/v1/me', { status: 502, data: {} });
    expect(await testControlPlane('/cp')).toMatchObject({ severity: 'warning' });
  });

  it('says whom the control-plane takes one for', async () => {
    backend.answers.set('/cp/api/v1/me', { actor: { type: 'grafana', id: 'ada' }, role: 'editor', tenantId: TENANT });
    expect(await testControlPlane('/cp')).toEqual({
      severity: 'success',
      title: 'The control-plane knows you as ada, editor',
      detail: TENANT,
    });
  });

  it('sounds the alarm when it takes one for nobody: the token is of another organisation', async () => {
    const detail = 'This query token is not that of the org 2, in which you are.';
    backend.answers.set('/cp/api/v1/me', { status: 403, data: { title: 'No', detail } });
    expect(await testControlPlane('/cp')).toMatchObject({ severity: 'error', detail });
  });
});
