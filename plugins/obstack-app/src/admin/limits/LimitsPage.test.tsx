import { screen, waitFor, within } from '@testing-library/react';
import type { Rejection } from '@obstack/contracts';
import {
  adminOf,
  type FakeControlPlane,
  operator,
  page,
  problem,
  TENANT_ID,
  tenantOf,
  VIEWER,
  withEtag,
} from '../../test/control-plane';
import { testIds } from '../../testIds';
import { ofTenant, openAdmin, startControlPlane } from '../test/open-admin';

const { admin, states } = testIds;
const TENANT = `GET /tenants/${TENANT_ID}`;
const PATCH = `PATCH /tenants/${TENANT_ID}`;
const REJECTIONS = ofTenant('GET', '/rejections');
const PROXY = '/api/plugin-proxy/obstack-app/api/proxy';
const LOKI = `GET ${PROXY}/loki/api/v1/query_range`;
const PROMETHEUS = `GET ${PROXY}/prometheus/api/v1/query_range`;

const rejection: Rejection = {
  id: '66666666-2222-4333-8444-555555555555',
  keyId: 'AbCdEf012345',
  signal: 'logs',
  reason: 'limit_exceeded',
  status: 429,
  count: 1200,
  firstAt: '2026-11-20T12:00:00.000Z',
  lastAt: '2026-11-20T12:30:00.000Z',
  detail: 'logs: 4 MB/s',
};
const seriesOf = (...values: number[]) => ({ data: { result: [{ values: values.map((v, i) => [i, String(v)]) }] } });

let backend: FakeControlPlane;
beforeEach(() => {
  backend = startControlPlane()
    .on(TENANT, withEtag(tenantOf({ limits: { logBytesPerSecond: 1000 } }), '"1"'))
    .on(REJECTIONS, page([rejection]))
    .on(LOKI, seriesOf(100, 900, 250))
    .on(PROMETHEUS, seriesOf(5, 10));
});
const feature = (name: string) => within(screen.getByRole('radiogroup', { name }));
const limit = (name: string) => screen.findByTestId(admin.row(name));

describe('the limits page', () => {
  it('shows what may be, where it comes from, and the use of it', async () => {
    openAdmin('limits');
    expect(await limit('logBytesPerSecond')).toHaveTextContent('the plan has 20 MB/s');
    expect(await limit('samplesPerSecond')).toHaveTextContent('50K/s');
    await waitFor(async () => expect(await limit('logBytesPerSecond')).toHaveTextContent('90% at most, 250 B/s now'));
    const meter = within(await limit('logBytesPerSecond')).getByRole('meter');
    expect(meter).toHaveAttribute('value', '0.9');
  });

  it('says of one use that it cannot be read, and shows the others', async () => {
    backend.on(LOKI, { refused: 502, data: { message: 'Loki is away' } });
    openAdmin('limits');
    await waitFor(async () => expect(await limit('logBytesPerSecond')).toHaveTextContent('could not be read'));
    await waitFor(async () => expect(await limit('samplesPerSecond')).toHaveTextContent('now'));
  });

  it('lists what was refused, filtered as the URL says', async () => {
    openAdmin('limits?signal=logs&keyId=AbCdEf012345');
    const row = await screen.findByTestId(admin.row(rejection.id));
    expect(row).toHaveTextContent('A limit was reached 429');
    expect(row).toHaveTextContent('1,200');
    expect(backend.made(REJECTIONS)[0]?.query).toEqual({ limit: '50', keyId: 'AbCdEf012345', signal: 'logs' });
    expect(within(row).getByRole('link')).toHaveAttribute(
      'href',
      '/a/obstack-app/admin/keys?q=AbCdEf012345&status=all'
    );
  });

  it('shows the limits to those who may not see keys', async () => {
    backend = startControlPlane(adminOf({ role: 'viewer', permissions: VIEWER }));
    openAdmin('limits');
    expect(await limit('lineBytes')).toBeInTheDocument();
    expect(screen.getByTestId(states.notAllowed)).toHaveTextContent('“See keys, tokens and what was rejected”');
    expect(backend.made(REJECTIONS)).toHaveLength(0);
  });

  it('shows which features there are, and by whose word', async () => {
    backend.on(
      TENANT,
      withEtag(tenantOf({ plan: 'saas', features: { 'custom-roles': true, 'audit-export': false } }), '"1"')
    );
    openAdmin('limits');
    expect(await limit('custom-roles')).toHaveTextContent('Custom roles yesthis tenant’s own');
    expect(await limit('audit-export')).toHaveTextContent('Export of the audit lognothis tenant’s own');
    expect(await limit('sso')).toHaveTextContent('Sign-in through Keycloak yesthe plan');
    expect(await limit('own-realm')).toHaveTextContent('nothe plan');
  });

  it('is changed by operators alone, as it was read', async () => {
    openAdmin('limits');
    expect(await screen.findByRole('button', { name: 'Change plan, features and limits' })).toHaveAttribute(
      'aria-disabled',
      'true'
    );
  });

  it('changes plan, features and limits, each mistake at its field', async () => {
    backend = startControlPlane(operator)
      .on(
        TENANT,
        withEtag(tenantOf({ limits: { logBytesPerSecond: 1000 }, features: { sso: false, 'own-realm': true } }), '"1"')
      )
      .on(REJECTIONS, page([]))
      .on(
        PATCH,
        problem(400, 'invalid-request', 'Not valid.', [
          { location: 'body.limits.lineBytes', message: 'It is too large', fix: 'Give at most 100000000' },
        ])
      );
    const { user } = openAdmin(`limits?tenant=${TENANT_ID}`);
    await user.click(await screen.findByRole('button', { name: 'Change plan, features and limits' }));
    await user.click(await screen.findByLabelText('Enterprise'));
    await user.click(feature('Sign-in through Keycloak').getByLabelText('As the plan: yes'));
    await user.click(feature('Export of the audit log').getByLabelText('No'));
    await user.clear(screen.getByLabelText('Bytes of logs per second'));
    await user.type(screen.getByLabelText('Bytes of the longest log line'), '999999999');
    await user.click(screen.getByRole('button', { name: 'Save' }));
    expect(await screen.findByText('It is too large. Give at most 100000000')).toBeInTheDocument();
    expect(backend.made(PATCH)[0]).toMatchObject({
      headers: { 'if-match': '"1"' },
      body: {
        plan: 'enterprise',
        features: { 'own-realm': true, 'audit-export': false },
        limits: { lineBytes: 999999999 },
      },
    });
  });
});
