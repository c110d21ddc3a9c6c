import { screen, waitFor, within } from '@testing-library/react';
import type { TestEventResult } from '@obstack/contracts';
import {
  adminOf,
  EDITOR,
  type FakeControlPlane,
  keyOf,
  page,
  problem,
  refusal,
  withEtag,
} from '../../test/control-plane';
import { testIds } from '../../testIds';
import { ofTenant, openAdmin, startControlPlane } from '../test/open-admin';

const { admin, states } = testIds;
const LIST = ofTenant('GET', '/keys');
const CREATE = ofTenant('POST', '/keys');
const first = keyOf();
const second = keyOf({ id: 'ZyXwVu543210', name: 'cart', lastUsedAt: '2026-11-22T12:00:00.000Z' });
const revoked = keyOf({ id: 'Rev0ked00000', name: 'old', status: 'revoked' });

let backend: FakeControlPlane;
beforeEach(() => {
  backend = startControlPlane().on(LIST, page([first, second, revoked]));
});

const row = ({ id }: { id: string }) => screen.findByTestId(admin.row(id));
const dialog = async () => within(await screen.findByRole('dialog'));
const button = (name: string | RegExp) => screen.findByRole('button', { name });

describe('the keys page', () => {
  it('lists those in force, and the others when asked', async () => {
    const { user, location } = openAdmin('keys');
    expect(await row(first)).toHaveTextContent('not yet');
    expect(screen.queryByTestId(admin.row(revoked.id))).not.toBeInTheDocument();
    await user.click(screen.getByLabelText('All'));
    expect(await row(revoked)).toHaveTextContent('Revoked');
    expect(location()).toBe('/a/obstack-app/admin/keys?status=all');
  });

  it('has its state in the URL', async () => {
    backend.on(ofTenant('GET', '/query-tokens'), page([keyOf({ kind: 'query-token', name: 'grafana' }), second]));
    openAdmin(`keys?kind=query&q=graf&selected=${first.id}`);
    expect(await row(first)).toHaveTextContent('grafana');
    expect(screen.queryByTestId(admin.row(second.id))).not.toBeInTheDocument();
    expect(screen.getByTestId(admin.selection)).toHaveTextContent('1 selected');
  });

  it('creates one and shows its secret once', async () => {
    backend.on(CREATE, { key: first, secret: 'obk_the-secret' });
    const { user } = openAdmin('keys');
    await user.click(await button('Create key'));
    const form = await dialog();
    const create = form.getByRole('button', { name: 'Create' });
    expect(create).toBeDisabled();
    await user.type(form.getByLabelText(/Name/), 'checkout');
    await user.click(form.getByLabelText('Metrics'));
    await user.click(form.getByLabelText('90 days'));
    await user.click(form.getByText('Limits of its own, below the tenant’s'));
    await user.type(form.getByLabelText('Bytes of logs per second'), '5000');
    await user.click(create);

    expect(await screen.findByTestId(admin.secret)).toHaveTextContent('obk_the-secret');
    const [{ body, headers }] = backend.made(CREATE) as [(typeof backend.calls)[0]];
    expect(body).toMatchObject({ name: 'checkout', signals: ['logs', 'traces'], limits: { logBytesPerSecond: 5000 } });
    expect(Date.parse(body.expiresAt) - Date.now()).toBeGreaterThan(89 * 86_400_000);
    expect(headers['idempotency-key']).toMatch(/^[0-9a-f]{32}$/);

    await user.click(await button('I have copied it'));
    expect(screen.queryByText('obk_the-secret')).not.toBeInTheDocument();
    expect(backend.made(LIST)).toHaveLength(2);
  });

  it('makes one key when the answer got lost and it is sent again, another when it was changed', async () => {
    backend.on(CREATE, refusal(502, 'the connection broke'));
    const { user } = openAdmin('keys');
    await user.click(await button('Create key'));
    const form = await dialog();
    await user.type(form.getByLabelText(/Name/), 'checkout');
    await user.click(form.getByRole('button', { name: 'Create' }));
    await form.findByText('the connection broke');
    await user.click(form.getByRole('button', { name: 'Create' }));
    await waitFor(() => expect(backend.made(CREATE)).toHaveLength(2));
    await user.type(form.getByLabelText(/Name/), '-2');
    await user.click(form.getByRole('button', { name: 'Create' }));
    await waitFor(() => expect(backend.made(CREATE)).toHaveLength(3));
    const [one, two, three] = backend.made(CREATE).map(({ headers }) => headers['idempotency-key']);
    expect(two).toBe(one);
    expect(three).not.toBe(one);
  });

  it('explains what is wrong at its field', async () => {
    backend.on(
      CREATE,
      problem(400, 'invalid-request', 'The request is not valid.', [
        { location: 'body.limits.logBytesPerSecond', message: 'It is above the tenant’s', fix: 'Give at most 100' },
        { location: 'body.name', message: 'It is taken', fix: 'Choose another' },
      ])
    );
    const { user } = openAdmin('keys');
    await user.click(await button('Create key'));
    const form = await dialog();
    await user.type(form.getByLabelText(/Name/), 'checkout');
    await user.click(form.getByRole('button', { name: 'Create' }));
    expect(await form.findByText('It is taken. Choose another')).toBeInTheDocument();
    // Its fields were folded away.
    expect(form.getByText('It is above the tenant’s. Give at most 100')).toBeInTheDocument();
    expect(form.queryByText('The request is not valid.')).not.toBeInTheDocument();
  });

  describe('changes one', () => {
    const KEY = ofTenant('GET', `/keys/${first.id}`);
    const CHANGE = ofTenant('PATCH', `/keys/${first.id}`);
    beforeEach(() => {
      backend.on(
        KEY,
        withEtag(keyOf({ expiresAt: '2030-01-01T00:00:00.000Z', limits: { logBytesPerSecond: 5000 } }), '"7"')
      );
      backend.on(CHANGE, first);
    });
    const open = async () => {
      const { user } = openAdmin('keys');
      await user.click(await button('Change checkout'));
      return { user, form: await dialog() };
    };

    it('as it was read, and leaves be what was not touched', async () => {
      const { user, form } = await open();
      expect(await form.findByLabelText(/^As now: 20(29|30)-/)).toBeChecked();
      await user.clear(form.getByLabelText(/Name/));
      await user.type(form.getByLabelText(/Name/), 'payment');
      // Unfolded, for it has some.
      await user.type(form.getByLabelText('Bytes of logs at once'), '9000');
      await user.click(form.getByRole('button', { name: 'Save' }));
      await waitFor(() => expect(backend.made(LIST)).toHaveLength(2));
      expect(backend.made(CHANGE)[0]).toMatchObject({ headers: { 'if-match': '"7"' } });
      expect(backend.made(CHANGE)[0]?.body).toEqual({
        name: 'payment',
        limits: { logBytesPerSecond: 5000, logBytesBurst: 9000 },
      });
    });

    it('to last for ever, with the limits of the tenant', async () => {
      const { user, form } = await open();
      await user.click(await form.findByLabelText('Never'));
      await user.clear(form.getByLabelText('Bytes of logs per second'));
      await user.click(form.getByRole('button', { name: 'Save' }));
      await waitFor(() => expect(backend.made(CHANGE)).toHaveLength(1));
      expect(backend.made(CHANGE)[0]?.body).toEqual({ name: 'checkout', expiresAt: null, limits: {} });
    });

    it('and explains what is wrong at its field', async () => {
      backend.on(
        CHANGE,
        problem(400, 'invalid-request', 'Not valid.', [
          { location: 'body.expiresAt', message: 'It is over', fix: 'Choose a later day' },
        ])
      );
      const { user, form } = await open();
      await user.click(await form.findByLabelText('On a day'));
      await user.click(form.getByRole('button', { name: 'Save' }));
      expect(await form.findByText('It is over. Choose a later day')).toBeInTheDocument();
    });
  });

  it('changes a token, which has no limits', async () => {
    const token = keyOf({ kind: 'query-token', name: 'grafana' });
    const CHANGE = ofTenant('PATCH', `/query-tokens/${token.id}`);
    backend
      .on(ofTenant('GET', '/query-tokens'), page([token]))
      .on(ofTenant('GET', `/query-tokens/${token.id}`), withEtag(token, '"1"'))
      .on(CHANGE, token);
    const { user } = openAdmin('keys?kind=query');
    await user.click(await button('Change grafana'));
    const form = await dialog();
    await user.click(await form.findByRole('button', { name: 'Save' }));
    await waitFor(() => expect(backend.made(CHANGE)[0]?.body).toEqual({ name: 'grafana', expiresAt: null }));
  });

  it('rotates with an overlap', async () => {
    const ROTATE = ofTenant('POST', `/keys/${first.id}/rotate`);
    backend.on(ROTATE, { key: second, secret: 'obk_new' });
    const { user } = openAdmin('keys');
    await user.click(await button('Rotate checkout'));
    const form = await dialog();
    await user.click(form.getByLabelText('an hour'));
    await user.click(form.getByRole('button', { name: 'Rotate' }));
    expect(await screen.findByTestId(admin.secret)).toHaveTextContent('obk_new');
    expect(backend.made(ROTATE)[0]?.body).toEqual({ overlapSeconds: 3600 });
  });

  it('revokes several after a question, and says which are left when one fails', async () => {
    backend
      .on(ofTenant('DELETE', `/keys/${first.id}`), null)
      .on(ofTenant('DELETE', `/keys/${second.id}`), problem(503, 'unavailable', 'The database is away.'));
    const { user, location } = openAdmin('keys');
    await user.click(await screen.findByLabelText('Select checkout'));
    await user.click(screen.getByLabelText('Select cart'));
    expect(location()).toContain(`selected=${first.id}%2C${second.id}`);
    await user.click(await button('Revoke 2'));
    const question = await dialog();
    expect(question.getByText(first.id)).toBeInTheDocument();
    expect(backend.calls.some(({ method }) => method === 'DELETE')).toBe(false);
    await user.click(question.getByRole('button', { name: 'Revoke 2' }));

    expect(await question.findByText('The database is away.')).toBeInTheDocument();
    expect(question.queryByText(first.id)).not.toBeInTheDocument();
    backend.on(ofTenant('DELETE', `/keys/${second.id}`), null);
    await user.click(question.getByRole('button', { name: 'Revoke 1' }));
    await waitFor(() => expect(backend.notices).toEqual(['2 revoked']));
    expect(backend.made(ofTenant('DELETE', `/keys/${first.id}`))).toHaveLength(1);
  });

  it('sends a test event with the secret just shown, and follows it to where it is stored', async () => {
    const TEST = ofTenant('POST', `/keys/${first.id}/test-event`);
    const arrived: TestEventResult = {
      accepted: { ok: true, status: 200, seconds: 0.02, detail: 'The proxy took it.' },
      stored: { ok: true, seconds: 0.31 },
      link: 'http://grafana/explore?x',
      why: null,
    };
    backend.on(CREATE, { key: first, secret: 'obk_the-secret' }).on(TEST, arrived);
    const { user } = openAdmin('keys');
    await user.click(await button('Create key'));
    await user.type((await dialog()).getByLabelText(/Name/), 'checkout');
    await user.click(await button('Create'));
    await user.click(await button(/send a test event/));
    await user.click(await button('Send'));
    const steps = await screen.findByTestId(admin.testEvent);
    await waitFor(() => expect(steps).toHaveTextContent('after 310 ms'));
    expect(within(steps).getByRole('link', { name: /Open it/ })).toHaveAttribute('href', arrived.link);
    expect(backend.made(TEST)[0]?.body).toEqual({ signal: 'logs', secret: 'obk_the-secret' });
  });

  it('says why a test event did not arrive', async () => {
    backend.on(ofTenant('POST', `/keys/${first.id}/test-event`), {
      accepted: { ok: false, status: 429, seconds: 0.01, detail: 'Refused.' },
      stored: { ok: false, seconds: null },
      link: null,
      why: 'A limit is used up: send less, or raise it.',
    });
    const { user } = openAdmin('keys');
    await user.click(await button('Send a test event with checkout'));
    await user.click(await button('Send'));
    const steps = await screen.findByTestId(admin.testEvent);
    await waitFor(() => expect(steps).toHaveTextContent('A limit is used up'));
    expect(within(steps).queryByRole('link')).not.toBeInTheDocument();
  });
});

describe('what somebody may not do', () => {
  it('is disabled, and says why', async () => {
    startControlPlane(adminOf({ role: 'editor', permissions: EDITOR })).on(LIST, page([first]));
    const { user } = openAdmin('keys');
    const create = await button('Create key');
    expect(create).toHaveAttribute('aria-disabled', 'true');
    await user.hover(create);
    expect(await screen.findByRole('tooltip')).toHaveTextContent(
      'Your role, editor, does not include “Create, rotate and revoke keys and tokens”.'
    );
    expect(screen.getByLabelText('Select checkout')).toBeDisabled();
  });

  it('is not asked for when not even seeing is allowed', async () => {
    const refused = startControlPlane(adminOf({ role: 'viewer', permissions: [] })).on(LIST, page([first]));
    openAdmin('keys');
    expect(await screen.findByTestId(states.notAllowed)).toHaveTextContent('Your role, viewer');
    expect(refused.made(LIST)).toHaveLength(0);
  });

  it('is told from a failure when the API is who refuses', async () => {
    backend.on(LIST, problem(403, 'forbidden', 'This token is of another organisation.'));
    openAdmin('keys');
    expect(await screen.findByTestId(states.notAllowed)).toHaveTextContent('another organisation');
  });
});

describe('when there is nothing to show', () => {
  it('tells no keys from none that match', async () => {
    const { user } = openAdmin('keys?q=nobody');
    expect(await screen.findByTestId(states.empty)).toHaveTextContent('clear the filter');
    backend.on(ofTenant('GET', '/query-tokens'), page([]));
    await user.click(screen.getByLabelText('Query tokens'));
    expect(await screen.findByText('There are no query tokens yet')).toBeInTheDocument();
  });

  it('says what failed, and tries again', async () => {
    backend.on(LIST, problem(503, 'unavailable', 'The database is away.'));
    const { user } = openAdmin('keys');
    expect(await screen.findByTestId(states.error)).toHaveTextContent('The database is away.');
    backend.on(LIST, page([first]));
    await user.click(await button('Try again'));
    expect(await row(first)).toBeInTheDocument();
  });

  it('asks for its configuration before it asks for anything else', () => {
    openAdmin('keys', { jsonData: { proxyUrl: 'http://proxy' }, secureJsonFields: { token: true } });
    expect(screen.getByTestId(states.notConfigured)).toBeInTheDocument();
    expect(backend.calls).toHaveLength(0);
  });

  it('says when what answers is not control-plane', async () => {
    backend.on('GET /me', refusal(404, 'Not found'));
    openAdmin('keys');
    expect(await screen.findByTestId(states.notConfigured)).toBeInTheDocument();
  });
});
