import { screen, waitFor, within } from '@testing-library/react';
import type { AuditEvent } from '@obstack/contracts';
import { adminOf, type FakeControlPlane, operator, page, problem, TENANT_ID } from '../../test/control-plane';
import { testIds } from '../../testIds';
import { ofTenant, openAdmin, startControlPlane } from '../test/open-admin';

const { admin, states } = testIds;
const LIST = ofTenant('GET', '/audit-events');

const eventOf = (patch: Partial<AuditEvent> = {}): AuditEvent => ({
  id: '44444444-2222-4333-8444-555555555555',
  time: '2026-11-20T12:00:00.000Z',
  tenantId: TENANT_ID,
  actor: { type: 'grafana', id: 'ada', name: 'ada', ip: '203.0.113.7', userAgent: 'Firefox' },
  action: 'updateTenant',
  target: { type: 'tenant', id: TENANT_ID },
  outcome: 'success',
  reason: null,
  requestId: 'req-9',
  diff: { plan: { from: 'community', to: 'saas' }, limits: { from: {}, to: { lineBytes: 5 } } },
  ...patch,
});
const denied = eventOf({
  id: '55555555-2222-4333-8444-555555555555',
  outcome: 'denied',
  reason: 'No role',
  diff: null,
});

let backend: FakeControlPlane;
beforeEach(() => {
  backend = startControlPlane().on(LIST, page([eventOf(), denied]));
});
const queries = () => backend.made(LIST).map(({ query }) => query);
const button = (name: string) => screen.findByRole('button', { name });

describe('the audit page', () => {
  it('asks for what the URL says', async () => {
    openAdmin('audit?action=createTenant&actor=ada&outcome=denied&from=1700000000000&to=1700003600000');
    await screen.findByTestId(admin.row(denied.id));
    expect(queries()).toEqual([
      {
        limit: '50',
        action: 'createTenant',
        actor: 'ada',
        outcome: 'denied',
        from: '2023-11-14T22:13:20.000Z',
        to: '2023-11-14T23:13:20.000Z',
      },
    ]);
  });

  it('narrows by what is typed, from the first page on', async () => {
    const { user, location } = openAdmin('audit?cursor=c9');
    await user.type(await screen.findByLabelText('Action'), 'rotateIngestionKey{Enter}');
    await waitFor(() => expect(queries()[1]).toEqual({ limit: '50', action: 'rotateIngestionKey' }));
    expect(location()).toBe('/a/obstack-app/admin/audit?action=rotateIngestionKey');
  });

  it('shows field by field what changed', async () => {
    const { user, location } = openAdmin('audit');
    const [open] = await screen.findAllByRole('button', { name: 'Details of updateTenant' });
    await user.click(open!);
    const diff = within(await screen.findByRole('table', { name: 'What changed' }));
    expect(diff.getByText('community').tagName).toBe('DEL');
    expect(diff.getByText('saas').tagName).toBe('INS');
    expect(screen.getByText('req-9')).toBeInTheDocument();
    expect(location()).toContain('open=44444444');
    await user.click(await button('All that was done to it'));
    await waitFor(() => expect(queries()[1]).toMatchObject({ target: TENANT_ID }));
  });

  it('says when nothing changed', async () => {
    openAdmin(`audit?open=${denied.id}`);
    expect(await screen.findByText('Nothing changed.')).toBeInTheDocument();
    expect(screen.getByText('No role')).toBeInTheDocument();
  });

  it('exports what is filtered, as a file', async () => {
    const EXPORT = ofTenant('GET', '/audit-events/export');
    const saved: string[] = [];
    URL.createObjectURL = () => 'blob:1';
    URL.revokeObjectURL = () => undefined;
    jest.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(function (this: HTMLAnchorElement) {
      saved.push(this.download);
    });
    backend.on(EXPORT, eventOf());
    const { user } = openAdmin('audit?outcome=denied');
    await user.click(await button('Export NDJSON'));
    await waitFor(() => expect(saved).toEqual([expect.stringMatching(/^audit-0f6c2a9e-.*\.ndjson$/)]));
    expect(backend.made(EXPORT)[0]?.query).toEqual({ outcome: 'denied' });

    backend.on(EXPORT, problem(503, 'unavailable', 'The database is away.'));
    await user.click(await button('Export NDJSON'));
    expect(await screen.findByText('The database is away.')).toBeInTheDocument();
    expect(saved).toHaveLength(1);
  });

  it('does not offer an export that the plan lacks', async () => {
    startControlPlane(adminOf({ features: [] })).on(LIST, page([eventOf()]));
    openAdmin('audit');
    expect(await button('Export NDJSON')).toHaveAttribute('aria-disabled', 'true');
  });

  it('tells an empty log from one without a match', async () => {
    backend.on(LIST, page([]));
    openAdmin('audit?action=x');
    expect(await screen.findByTestId(states.empty)).toHaveTextContent('Take a filter out');
  });

  it('shows operators all tenants until they choose one', async () => {
    backend = startControlPlane(operator).on('GET /audit-events', page([eventOf({ tenantId: null })]));
    openAdmin('audit');
    expect(await screen.findByText('the platform')).toBeInTheDocument();
    expect(await button('Export NDJSON')).toHaveAttribute('aria-disabled', 'true');
  });
});
