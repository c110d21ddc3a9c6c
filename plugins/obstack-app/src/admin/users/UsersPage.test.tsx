import { screen, waitFor, within } from '@testing-library/react';
import { adminOf, type FakeControlPlane, page, problem, roleOf, userOf, withEtag } from '../../test/control-plane';
import { testIds } from '../../testIds';
import { ofTenant, openAdmin, startControlPlane } from '../test/open-admin';

const { admin, states } = testIds;
const LIST = ofTenant('GET', '/users');
const ada = userOf();
const bob = userOf({ id: '22222222-2222-4333-8444-555555555555', email: 'bob@acme.example', hasPassword: false });
const GET = ofTenant('GET', `/users/${ada.id}`);
const PATCH = ofTenant('PATCH', `/users/${ada.id}`);
const operate = roleOf({ name: 'owner', description: 'All', permissions: ['tenants:write'], builtIn: false });

let backend: FakeControlPlane;
beforeEach(() => {
  backend = startControlPlane()
    .on(LIST, page([ada, bob]))
    .on(ofTenant('GET', '/roles'), page([roleOf(), roleOf({ name: 'editor' }), operate]));
});
const dialog = async () => within(await screen.findByRole('dialog'));
const button = (name: string | RegExp) => screen.findByRole('button', { name });

describe('the users page', () => {
  it('lists them, filtered as the URL says', async () => {
    openAdmin('users?q=BOB');
    expect(await screen.findByTestId(admin.row(bob.id))).toHaveTextContent('no password set yet');
    expect(screen.queryByTestId(admin.row(ada.id))).not.toBeInTheDocument();
  });

  it('adds one, and shows the token to hand on', async () => {
    const token = { token: 'set-me', expiresAt: '2026-12-01T00:00:00.000Z' };
    backend.on(ofTenant('POST', '/users'), { user: bob, setPassword: token });
    const { user } = openAdmin('users');
    await user.click(await button('Add user'));
    const form = await dialog();
    await user.type(form.getByLabelText(/E-mail address/), 'bob@acme.example');
    await user.click(await form.findByLabelText(/editor/));
    await user.click(form.getByRole('button', { name: 'Add' }));
    expect(await screen.findByTestId(admin.secret)).toHaveTextContent('set-me');
    expect(backend.made(ofTenant('POST', '/users'))[0]?.body).toEqual({
      email: 'bob@acme.example',
      roles: ['viewer', 'editor'],
    });
  });

  it('offers no role that is more than one holds, and says why', async () => {
    const { user } = openAdmin('users');
    await user.click(await button('Add user'));
    const owner = await screen.findByLabelText(/owner/);
    expect(owner).toBeDisabled();
    expect(owner.closest('label')).toHaveTextContent('You cannot give it: you may not “Create, change, suspend');
  });

  it('says at its field that the address is no address', async () => {
    backend.on(
      ofTenant('POST', '/users'),
      problem(400, 'invalid-request', 'Not valid.', [
        { location: 'body.email', message: 'Not an e-mail address', fix: 'Write name@host' },
      ])
    );
    const { user } = openAdmin('users');
    await user.click(await button('Add user'));
    await user.type((await dialog()).getByLabelText(/E-mail address/), 'bob');
    await user.click(await button('Add'));
    expect(await screen.findByText('Not an e-mail address. Write name@host')).toBeInTheDocument();
  });

  it('changes nothing that somebody else has changed since', async () => {
    backend
      .on(GET, withEtag(ada, '"1"'))
      .on(PATCH, problem(412, 'precondition-failed', 'It has changed since you read it.'));
    const { user } = openAdmin('users');
    await user.click(await button(`Change ${ada.email}`));
    await user.click(await (await dialog()).findByLabelText(/editor/));
    await user.click(await button('Save'));
    expect(await screen.findByText('It has changed since you read it.')).toBeInTheDocument();
    expect(backend.made(PATCH)[0]?.headers['if-match']).toBe('"1"');

    backend.on(GET, withEtag({ ...ada, roles: ['editor'] }, '"2"')).on(PATCH, withEtag(ada, '"3"'));
    await user.click(await button('Load it anew'));
    await waitFor(() => expect(screen.getByLabelText(/editor/)).toBeChecked());
    await user.click(await button('Save'));
    await waitFor(() => expect(backend.made(PATCH)[1]?.headers['if-match']).toBe('"2"'));
    await waitFor(() => expect(screen.queryByRole('dialog')).not.toBeInTheDocument());
  });

  it('deactivates several at once', async () => {
    const { user } = openAdmin('users');
    await user.click(await screen.findByLabelText('Select all'));
    await user.click(await button('Deactivate 2'));
    backend.on(PATCH, ada).on(ofTenant('PATCH', `/users/${bob.id}`), bob);
    await user.click((await dialog()).getByRole('button', { name: 'Deactivate 2' }));
    await waitFor(() => expect(backend.notices).toEqual(['2 deactivated']));
    expect(backend.made(PATCH)[0]?.body).toEqual({ isActive: false });
  });

  it('removes one once its address is typed', async () => {
    const DELETE = ofTenant('DELETE', `/users/${ada.id}`);
    const { user } = openAdmin('users');
    await user.click(await button(`Remove ${ada.email}`));
    const question = await dialog();
    await user.type(question.getByRole('textbox'), 'ada@acme');
    expect(question.getByRole('button', { name: 'Remove' })).toBeDisabled();
    await user.type(question.getByRole('textbox'), '.example');
    await user.click(question.getByRole('button', { name: 'Remove' }));
    await waitFor(() => expect(backend.made(DELETE)).toHaveLength(1));
  });

  it('shows where somebody is signed in, and ends it', async () => {
    const session = {
      id: '33333333-2222-4333-8444-555555555555',
      method: 'password',
      ip: '203.0.113.7',
      userAgent: 'Firefox',
      createdAt: ada.createdAt,
      lastUsedAt: ada.createdAt,
      expiresAt: ada.createdAt,
      current: false,
    };
    const SESSIONS = ofTenant('GET', `/users/${ada.id}/sessions`);
    backend.on(SESSIONS, page([session]));
    const { user, location } = openAdmin('users');
    await user.click(await button(`Sessions of ${ada.email}`));
    expect(location()).toBe(`/a/obstack-app/admin/users?open=${ada.id}`);
    expect(await screen.findByText('203.0.113.7')).toBeInTheDocument();
    backend.on(SESSIONS, page([]));
    await user.click(await button('End this session'));
    expect(await screen.findByText(/Not signed in anywhere/)).toBeInTheDocument();
    expect(backend.made(ofTenant('DELETE', `/users/${ada.id}/sessions/${session.id}`))).toHaveLength(1);
  });

  it('loads more below, and keeps the place in the URL', async () => {
    backend.on(LIST, ({ query }) => (query.cursor === 'c2' ? page([bob]) : page([ada], 'c2')));
    const { user, location } = openAdmin('users');
    await user.click(await screen.findByTestId(admin.more));
    expect(await screen.findByTestId(admin.row(bob.id))).toBeInTheDocument();
    expect(screen.getByTestId(admin.row(ada.id))).toBeInTheDocument();
    expect(location()).toBe('/a/obstack-app/admin/users?cursor=c2');
    expect(backend.made(LIST)).toHaveLength(2);
  });

  it('begins where a link says', async () => {
    backend.on(LIST, ({ query }) => (query.cursor === 'c2' ? page([bob]) : page([ada], 'c2')));
    openAdmin('users?cursor=c2');
    expect(await screen.findByTestId(admin.row(bob.id))).toBeInTheDocument();
    expect(screen.queryByTestId(admin.row(ada.id))).not.toBeInTheDocument();
  });

  it('is not for everybody', async () => {
    startControlPlane(adminOf({ role: 'editor', permissions: ['keys:read'] }));
    openAdmin('users');
    expect(await screen.findByTestId(states.notAllowed)).toHaveTextContent('“See users, their roles and sessions”');
  });
});
