import { screen, waitFor, within } from '@testing-library/react';
import { type FakeControlPlane, operator, page, problem, stepOf, TENANT_ID, tenantOf } from '../../test/control-plane';
import { testIds } from '../../testIds';
import { ofTenant, openAdmin, startControlPlane } from '../test/open-admin';

const { admin, states } = testIds;
const LIST = 'GET /tenants';
const CREATE = 'POST /tenants';
const acme = tenantOf();

let backend: FakeControlPlane;
beforeEach(() => {
  backend = startControlPlane(operator).on(LIST, page([acme]));
});
const dialog = async () => within(await screen.findByRole('dialog'));
const button = (name: string) => screen.findByRole('button', { name });

describe('the tenants page', () => {
  it('is where an operator begins, filtered as the URL says', async () => {
    openAdmin('tenants?name=ac&state=ready&plan=saas');
    expect(await screen.findByTestId(admin.row(TENANT_ID))).toHaveTextContent('Ready');
    expect(backend.made(LIST)[0]?.query).toEqual({ limit: '50', name: 'ac', state: 'ready', plan: 'saas' });
  });

  it('creates one, and follows what is made for it', async () => {
    backend
      .on(CREATE, tenantOf({ name: 'initech', state: 'provisioning' }))
      .on(ofTenant('GET', '/provisioning'), { state: 'provisioning', steps: [stepOf({ state: 'running' })] });
    const { user } = openAdmin('tenants');
    await user.click(await button('Create tenant'));
    const form = await dialog();
    await user.type(form.getByLabelText(/Name/), 'initech');
    await user.click(form.getByLabelText('Enterprise'));
    await user.click(form.getByRole('button', { name: 'Create' }));
    expect(await screen.findByText('initech is there')).toBeInTheDocument();
    expect(await screen.findByTestId(admin.step('grafana'))).toHaveTextContent('Being made');
    backend.on(ofTenant('GET', '/provisioning'), { state: 'ready', steps: [stepOf()] });
    await waitFor(() => expect(screen.getByTestId(admin.step('grafana'))).toHaveTextContent('Done'));
    expect(backend.made(CREATE)[0]?.body).toEqual({ name: 'initech', plan: 'enterprise' });
  });

  it('says that a name is taken', async () => {
    backend.on(CREATE, problem(409, 'conflict', 'There is a tenant of that name.'));
    const { user } = openAdmin('tenants');
    await user.click(await button('Create tenant'));
    await user.type((await dialog()).getByLabelText(/Name/), 'acme');
    await user.click(await button('Create'));
    expect(await screen.findByText('There is a tenant of that name.')).toBeInTheDocument();
  });

  it('suspends with a reason, and resumes', async () => {
    const SUSPEND = ofTenant('POST', '/suspend');
    const suspended = tenantOf({ state: 'suspended', isActive: false });
    backend.on(SUSPEND, suspended).on(ofTenant('POST', '/resume'), acme);
    const { user } = openAdmin('tenants');
    await user.click(await button('Suspend acme'));
    await user.type((await dialog()).getByLabelText(/Reason/), 'unpaid');
    backend.on(LIST, page([suspended]));
    await user.click(await button('Suspend'));
    await user.click(await button('Resume acme'));
    await user.click(await button('Resume'));
    await waitFor(() => expect(backend.made(ofTenant('POST', '/resume'))).toHaveLength(1));
    expect(backend.made(SUSPEND)[0]?.body).toEqual({ reason: 'unpaid' });
  });

  it('removes one only once its name is typed to the letter', async () => {
    const DELETE = `DELETE /tenants/${TENANT_ID}`;
    backend.on(DELETE, tenantOf({ state: 'deleting' }));
    const { user } = openAdmin('tenants');
    await user.click(await button('Remove acme for good'));
    const question = await dialog();
    const confirm = question.getByRole('button', { name: 'Export and remove' });
    await user.type(question.getByRole('textbox'), 'Acme');
    expect(confirm).toBeDisabled();
    await user.clear(question.getByRole('textbox'));
    await user.type(question.getByRole('textbox'), 'acme');
    await user.click(confirm);
    await waitFor(() => expect(backend.made(DELETE)[0]?.query).toEqual({ confirm: 'acme' }));
  });

  it('leads operators who have chosen no tenant to all of them', async () => {
    openAdmin('users');
    expect(await screen.findByRole('link', { name: 'All tenants' })).toHaveAttribute(
      'href',
      '/a/obstack-app/admin/tenants'
    );
  });

  it('is for operators only', async () => {
    backend = startControlPlane().on(LIST, page([acme]));
    openAdmin('tenants');
    expect(await screen.findByTestId(states.notAllowed)).toHaveTextContent('Only operators');
    expect(backend.made(LIST)).toHaveLength(0);
  });
});
