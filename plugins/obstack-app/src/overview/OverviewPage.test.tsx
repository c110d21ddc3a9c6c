import React from 'react';
import { screen, within } from '@testing-library/react';
import { testIds } from '../testIds';
import type { FakeBackend } from '../test/backend';
import { InPlugin, startGrafana } from '../test/grafana';
import { renderAt } from '../test/render-at';
import OverviewPage from './OverviewPage';

const FROM = 1_700_000_000_000;
const TO = FROM + 3_600_000;

type Result = Array<{ metric: Record<string, string>; value?: [number, string]; values?: Array<[number, string]> }>;
const data = (result: Result) => ({ data: { result } });
const value = (metric: Record<string, string>, number: number) => ({
  metric,
  value: [TO / 1000, String(number)] as [number, string],
});
const course = (metric: Record<string, string>, from: number) => ({
  metric,
  values: [0, 1, 2].map((at): [number, string] => [from / 1000 + at * 75, '1']),
});
const of = (service_name: string) => ({ service_name, job: service_name });

let backend: FakeBackend;
beforeEach(() => {
  backend = startGrafana();
  backend.answers.set('/prometheus/api/v1/query', ({ query }: { query: string }) =>
    data(
      query.startsWith('histogram_quantile')
        ? [value(of('checkout'), 842), value(of('cart'), 12)]
        : query.includes('=~"5.."')
          ? [value(of('checkout'), 1)]
          : [value(of('checkout'), 10), value(of('cart'), 2)]
    )
  );
  backend.answers.set('/prometheus/api/v1/query_range', ({ query }: { query: string }) =>
    data(
      query.includes('target_info')
        ? [
            course({ job: 'checkout', service_version: '1.0' }, FROM),
            course({ job: 'checkout', service_version: '1.1' }, FROM + 1_800_000),
          ]
        : query.includes('ALERTS')
          ? []
          : [course(of('checkout'), FROM)]
    )
  );
  backend.answers.set('/loki/api/v1/query', ({ query }: { query: string }) =>
    data(
      query.startsWith('topk')
        ? [value({ service_name: 'checkout', message: 'order … failed: card declined' }, 9)]
        : [value({ service_name: 'checkout' }, 9)]
    )
  );
  backend.answers.set('/api/annotations', []);
});

const open = (search = `?from=${FROM}&to=${TO}`, settings?: Parameters<typeof InPlugin>[0]['settings']) =>
  renderAt(
    `/a/obstack-app/overview${search}`,
    <InPlugin settings={settings}>
      <OverviewPage />
    </InPlugin>
  );
const rows = () => within(screen.getByTestId(testIds.overview.services)).getAllByRole('row').slice(1);
const hrefOf = (element: HTMLElement) => new URL(element.getAttribute('href')!, 'http://grafana');

describe('the overview', () => {
  it('shows rate, errors and duration of each service, the worst first', async () => {
    open();
    await screen.findByTestId(testIds.overview.services);
    expect(rows().map((row) => row.textContent)).toEqual([
      expect.stringMatching(/checkout10\/s10 %842 ms9/),
      expect.stringMatching(/cart2\/s0 %12 ms0/),
    ]);
    expect(screen.getByTestId(testIds.overview.totals)).toHaveTextContent('Requests12/s');
    expect(screen.getByRole('img', { name: 'Requests of checkout over time' })).toBeInTheDocument();
  });

  it('asks each question once, of the time in the URL', async () => {
    open();
    await screen.findByTestId(testIds.overview.services);
    const queries = backend.gets.filter(({ params }) => params.query).map(({ params }) => params.query);
    expect(new Set(queries).size).toBe(queries.length);
    expect(queries).toHaveLength(10);
    expect(backend.gets[0]?.params).toMatchObject({ time: TO / 1000, query: expect.stringContaining('[3600s]') });
  });

  it('leads from each service to its search, its logs and its traces, in the same time', async () => {
    open();
    const row = within(await screen.findByTestId(testIds.overview.service('checkout')));
    const search = hrefOf(row.getByRole('link', { name: 'checkout' }));
    expect(search.pathname).toBe('/a/obstack-app/search');
    expect(Object.fromEntries(search.searchParams)).toEqual({
      q: 'service:checkout',
      from: String(FROM),
      to: String(TO),
    });
    expect(hrefOf(row.getByRole('link', { name: 'Traces of checkout' })).searchParams.get('signal')).toBe('traces');
    expect(hrefOf(row.getByRole('link', { name: 'Logs of checkout' })).searchParams.get('signal')).toBe('logs');
  });

  it('sorts by what is clicked, and keeps it in the URL', async () => {
    const { user, location } = open();
    await user.click(await screen.findByRole('button', { name: 'Service' }));
    expect(new URLSearchParams(location().split('?')[1]).get('sort')).toBe('service');
    expect(rows()[0]).toHaveTextContent('cart');
    expect(screen.getByRole('columnheader', { name: 'Service' })).toHaveAttribute('aria-sort', 'ascending');
  });

  it('marks deploys, and nothing that did not happen', async () => {
    open();
    const marks = within(await screen.findByTestId(testIds.overview.events)).getAllByRole('link');
    expect(marks).toHaveLength(1);
    expect(marks[0]).toHaveAccessibleName(/Deploy: checkout 1.1/);
    expect(hrefOf(marks[0]!).searchParams.get('q')).toBe('service:checkout');
  });

  it('leads from an error to the lines that say so', async () => {
    open();
    const errors = within(await screen.findByTestId(testIds.overview.errors));
    expect(hrefOf(await errors.findByRole('link')).searchParams.get('q')).toBe(
      'service:checkout level:error "failed: card declined"'
    );
  });

  it('shows what the others know when one store does not answer, and says so', async () => {
    backend.answers.set('/loki/api/v1/query', { status: 502, data: { title: 'Bad gateway', detail: 'Loki is away' } });
    open();
    expect(await screen.findByText('Loki is away')).toBeInTheDocument();
    expect(rows()).toHaveLength(2);
  });

  it('tells nothing heard from not allowed, and from not set up', async () => {
    for (const path of ['/prometheus/api/v1/query', '/prometheus/api/v1/query_range', '/loki/api/v1/query']) {
      backend.answers.set(path, data([]));
    }
    const { unmount, user, location } = open();
    expect(await screen.findByText('No service was heard of')).toBeInTheDocument();
    await user.click(screen.getByRole('button', { name: 'Look at four times the range' }));
    expect(location()).toContain(`from=${FROM - 5_400_000}`);
    unmount();

    backend.answers.set('/prometheus/api/v1/query', { status: 403, data: { title: 'No', detail: 'token revoked' } });
    open().unmount();
    const refused = open();
    expect(await screen.findByTestId(testIds.states.notAllowed)).toHaveTextContent('token revoked');
    refused.unmount();

    const asked = backend.gets.length;
    open('', { jsonData: {}, secureJsonFields: {} });
    expect(screen.getByTestId(testIds.states.notConfigured)).toBeInTheDocument();
    expect(backend.gets).toHaveLength(asked);
  });
});
