import { screen, waitFor, within } from '@testing-library/react';
import { ADMIN, adminOf, type FakeControlPlane, page, problem, roleOf, withEtag } from '../../test/control-plane';
import { testIds } from '../../testIds';
import { ofTenant, openAdmin, startControlPlane } from '../test/open-admin';

const { admin } = testIds;
const LIST = ofTenant('GET', '/roles');
const support = roleOf({ name: 'support', description: 'Night shift', permissions: ['logs:read'], builtIn: false });
const SUPPORT = `/roles/${support.name}`;

let backend: FakeControlPlane;
beforeEach(() => {
  backend = startControlPlane().on(LIST, page([roleOf(), roleOf({ name: 'admin', permissions: ADMIN }), support]));
});
const button = (name: string) => screen.findByRole('button', { name });

describe('the roles page', () => {
  it('shows what each role may do', async () => {
    openAdmin('roles');
    const row = await screen.findByTestId(admin.row('keys:write'));
    const cells = within(row).getAllByRole('cell');
    expect(cells.map((cell) => cell.textContent)).toEqual([
      'Create, rotate and revoke keys and tokens',
      'No',
      'Yes',
      'No',
    ]);
    // Those that every tenant has cannot be changed.
    expect(screen.getAllByRole('button', { name: /^Change/ })).toHaveLength(1);
  });

  it('creates a role of what one holds oneself', async () => {
    const created = new Promise<unknown>((resolve) => {
      backend = startControlPlane(adminOf({ permissions: ADMIN.filter((name) => name !== 'costs:read') }))
        .on(LIST, page([]))
        .on(ofTenant('POST', '/roles'), ({ body }) => {
          resolve(body);
          return support;
        });
    });
    const { user } = openAdmin('roles');
    await user.click(await button('Create role'));
    expect(screen.getByLabelText(/See what the tenant costs/)).toBeDisabled();
    await user.type(screen.getByLabelText(/^Name/), 'support');
    await user.type(screen.getByLabelText('Description'), 'Night shift');
    await user.click(screen.getByLabelText('Query logs'));
    await user.click(await button('Create'));
    expect(await created).toEqual({ name: 'support', description: 'Night shift', permissions: ['logs:read'] });
  });

  it('changes a role as it was read', async () => {
    const PATCH = ofTenant('PATCH', SUPPORT);
    backend.on(ofTenant('GET', SUPPORT), withEtag(support, '"7"')).on(PATCH, support);
    const { user } = openAdmin('roles');
    await user.click(await button('Change support'));
    await user.click(await screen.findByLabelText('Query traces'));
    await user.click(await button('Save'));
    await waitFor(() => expect(backend.made(PATCH)).toHaveLength(1));
    expect(backend.made(PATCH)[0]).toMatchObject({
      headers: { 'if-match': '"7"' },
      body: { permissions: ['logs:read', 'traces:read'] },
    });
  });

  it('says why a role cannot be removed', async () => {
    backend.on(ofTenant('DELETE', SUPPORT), problem(409, 'conflict', 'Two users have this role.'));
    const { user } = openAdmin('roles');
    await user.click(await button('Remove support'));
    await user.click(await button('Remove'));
    expect(await screen.findByText('Two users have this role.')).toBeInTheDocument();
  });

  it('says which plan is missing', async () => {
    startControlPlane(adminOf({ features: [] })).on(LIST, page([roleOf()]));
    openAdmin('roles');
    expect(await screen.findByText('“Custom roles” is not part of the SaaS plan.')).toBeInTheDocument();
    expect(await button('Create role')).toHaveAttribute('aria-disabled', 'true');
  });
});
