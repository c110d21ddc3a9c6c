import { act, screen, waitFor } from '@testing-library/react';
import { type FakeControlPlane, operator, problem, stepOf, TENANT_ID } from '../../test/control-plane';
import { testIds } from '../../testIds';
import { ofTenant, openAdmin, startControlPlane } from '../test/open-admin';

const { admin, states } = testIds;
const GET = ofTenant('GET', '/provisioning');
const failed = stepOf({
  state: 'failed',
  attempts: 3,
  reason: 'Grafana refused the password (GRAFANA_ADMIN_PASSWORD_FILE).',
  nextAttemptAt: '2099-01-01T00:00:00.000Z',
});

let backend: FakeControlPlane;
beforeEach(() => {
  backend = startControlPlane();
});
const step = () => screen.findByTestId(admin.step('grafana'));

describe('the provisioning page', () => {
  it('says of each step what came of it', async () => {
    backend.on(GET, {
      state: 'ready',
      steps: [stepOf(), stepOf({ name: 's3', state: 'skipped', reason: 'No S3 is configured.' })],
    });
    openAdmin('provisioning');
    expect(await step()).toHaveTextContent('1.5 s');
    expect(screen.getByTestId(admin.step('s3'))).toHaveTextContent('No S3 is configured.');
    expect(backend.made(GET)).toHaveLength(1);
  });

  it('follows a step until it is done, and then stops asking', async () => {
    backend.on(GET, { state: 'provisioning', steps: [stepOf({ state: 'running', finishedAt: null })] });
    openAdmin('provisioning');
    expect(await step()).toHaveTextContent('Being made');
    backend.on(GET, { state: 'ready', steps: [stepOf()] });
    await waitFor(async () => expect(await step()).toHaveTextContent('Done'));
    const asked = backend.made(GET).length;
    jest.useFakeTimers();
    act(() => void jest.advanceTimersByTime(60_000));
    jest.useRealTimers();
    expect(backend.made(GET)).toHaveLength(asked);
  });

  it('says why a step failed; a tenant’s admin cannot hurry it', async () => {
    backend.on(GET, { state: 'provisioning', steps: [failed] });
    openAdmin('provisioning');
    expect(await step()).toHaveTextContent('Grafana refused the password');
    expect(await step()).toHaveTextContent('attempt 3');
    expect(screen.getByRole('button', { name: 'Try again now' })).toHaveAttribute('aria-disabled', 'true');
  });

  it('is tried again when an operator asks', async () => {
    const RETRY = ofTenant('POST', '/provisioning/retry');
    backend = startControlPlane(operator)
      .on(GET, { state: 'provisioning', steps: [failed] })
      .on(RETRY, problem(503, 'unavailable', 'The worker is away.'));
    const { user } = openAdmin(`provisioning?tenant=${TENANT_ID}`);
    await step();
    await user.click(screen.getByRole('button', { name: 'Try again now' }));
    expect(await screen.findByText('The worker is away.')).toBeInTheDocument();
    expect(backend.made(RETRY)).toHaveLength(1);
  });

  it('fails as a page while nothing is known', async () => {
    backend.on(GET, problem(503, 'unavailable', 'The database is away.'));
    openAdmin('provisioning');
    expect(await screen.findByTestId(states.error)).toHaveTextContent('The database is away.');
  });
});
