import React from 'react';
import { act, screen, waitFor, within } from '@testing-library/react';
import { testIds } from '../testIds';
import { FakeBackend } from '../test/backend';
import { InPlugin, startGrafana } from '../test/grafana';
import { renderAt } from '../test/render-at';
import { doneLine, facetsLine, histogramLine, hitLine, hitOf, sourceLine, traceOf } from '../test/search-lines';
import SearchPage from './SearchPage';

let backend: FakeBackend;
beforeEach(() => {
  backend = startGrafana();
});

const open = (search = '', settings?: Parameters<typeof InPlugin>[0]['settings']) =>
  renderAt(
    `/a/obstack-app/search${search}`,
    <InPlugin settings={settings}>
      <SearchPage />
    </InPlugin>
  );
const answer = (work: () => void) => act(async () => work());
const hits = () => screen.findAllByTestId(testIds.search.hit);
const box = () => screen.getByTestId(testIds.search.box);

describe('the search page', () => {
  it('asks for what the URL says', () => {
    open('?q=level%3Aerror&from=1700000000000&to=1700003600000');
    expect(box()).toHaveValue('level:error');
    expect(backend.last.url).toBe('/api/plugin-proxy/obstack-app/api/proxy/api/v1/search');
    expect(backend.last.data).toEqual({
      query: 'level:error',
      from: '2023-11-14T22:13:20.000Z',
      to: '2023-11-14T23:13:20.000Z',
    });
  });

  it('shows each source’s answer as it comes, while others are still silent', async () => {
    open();
    const silent = () => screen.queryAllByTestId(testIds.states.loading).length;
    expect(silent()).toBe(3);
    await answer(() => backend.last.sendLines(hitLine(hitOf()), sourceLine()));
    expect(await hits()).toHaveLength(1);
    expect(screen.getByTestId(testIds.search.source('loki'))).toHaveTextContent('Loki42 ms');
    expect(screen.getByTestId(testIds.search.sources)).toHaveTextContent('Tempo…');
    expect(silent()).toBe(2);
    expect(screen.getByRole('button', { name: 'Cancel' })).toBeInTheDocument();

    await answer(() => {
      backend.last.sendLines(hitLine(traceOf()), sourceLine({ source: 'tempo', signal: 'traces' }), doneLine());
      backend.last.end();
    });
    expect(await hits()).toHaveLength(2);
    expect(screen.getByRole('region', { name: 'Traces' })).toHaveTextContent('POST /checkout');
    expect(screen.getByRole('button', { name: 'Search' })).toBeInTheDocument();
    expect(silent()).toBe(0);
    expect(screen.getByRole('region', { name: 'Metrics' })).toHaveTextContent('Nothing here');
  });

  it('says which source is missing, beside what the others found', async () => {
    open();
    await answer(() => {
      backend.last.sendLines(
        hitLine(hitOf()),
        sourceLine(),
        sourceLine({ source: 'tempo', signal: 'traces', status: 'timed-out', reason: 'after 3 s' }),
        doneLine()
      );
      backend.last.end();
    });
    expect(await hits()).toHaveLength(1);
    expect(screen.getByTestId(testIds.search.source('tempo'))).toHaveTextContent('Tempotimed out');
  });

  it('puts what is searched into the URL, cancels the search before, and asks again', async () => {
    const { user, location } = open('?q=one&hit=loki%3A1');
    const first = backend.last;
    await user.clear(box());
    await user.type(box(), 'service:cart{Enter}');
    expect(location()).toBe('/a/obstack-app/search?q=service%3Acart');
    expect(first.cancelled).toBe(true);
    expect(backend.last.data).toMatchObject({ query: 'service:cart' });
  });

  it('searches again when the same is asked again', async () => {
    const { user } = open('?q=one');
    await answer(() => {
      backend.last.sendLines(sourceLine(), doneLine());
      backend.last.end();
    });
    await user.click(await screen.findByRole('button', { name: 'Search' }));
    expect(backend.calls).toHaveLength(2);
  });

  it('cancels the search when one leaves', () => {
    const { unmount } = open();
    unmount();
    expect(backend.last.cancelled).toBe(true);
  });

  it('explains a query that is not understood at its place, until it is changed', async () => {
    const { user } = open('?q=a%20sevrice%3Ax%20b');
    await answer(() =>
      backend.last.refuse(400, {
        title: 'The request is not valid',
        detail: 'No.',
        errors: [{ location: 'query', message: 'no field "sevrice"', fix: 'write service:', position: { offset: 2 } }],
      })
    );
    const problem = await screen.findByTestId(testIds.search.problem);
    expect(problem).toHaveTextContent('no field "sevrice" write service:');
    expect(within(problem).getByText('sevrice:x').tagName).toBe('MARK');
    expect(box()).toHaveAttribute('aria-invalid', 'true');
    expect(box()).toHaveAccessibleDescription(/no field/);
    await user.type(box(), 'x');
    expect(screen.queryByTestId(testIds.search.problem)).not.toBeInTheDocument();
  });

  it('asks nothing before it is configured', () => {
    open('', { jsonData: { proxyUrl: 'http://proxy' }, secureJsonFields: {} });
    expect(screen.getByTestId(testIds.states.notConfigured)).toBeInTheDocument();
    expect(backend.calls).toHaveLength(0);
  });

  it.each([
    ['not allowed', 403, testIds.states.notAllowed],
    ['not configured', 404, testIds.states.notConfigured],
    ['an error', 502, testIds.states.error],
  ])('tells %s from an empty result', async (_, status, state) => {
    open();
    await answer(() => backend.last.refuse(status, { title: 'No', detail: 'In its words.' }));
    expect(await screen.findByTestId(state)).toHaveTextContent('In its words.');
  });

  it('offers to widen the time when nothing matches', async () => {
    const { user, location } = open('?q=x&from=1700000000000&to=1700003600000');
    await answer(() => {
      backend.last.sendLines(sourceLine({ hits: 0, firstHitMs: null }), doneLine());
      backend.last.end();
    });
    await screen.findByTestId(testIds.states.empty);
    await user.click(screen.getByRole('button', { name: 'Search four times the range' }));
    expect(location()).toBe('/a/obstack-app/search?q=x&from=1699994600000&to=1700009000000');
  });

  it('keeps what came when the answer breaks off, and says so', async () => {
    open();
    await answer(() => {
      backend.last.sendLines(hitLine(hitOf()));
      backend.last.end();
    });
    for (const attempt of [2, 3]) {
      await waitFor(() => expect(backend.calls).toHaveLength(attempt));
      await answer(() => backend.last.end());
    }
    expect(await hits()).toHaveLength(1);
    expect(await screen.findByText('The answer broke off')).toBeInTheDocument();
  });

  it('filters by a facet and leaves one out, in the query and the URL', async () => {
    const { user, location } = open();
    await answer(() =>
      backend.last.sendLines(
        hitLine(hitOf()),
        sourceLine(),
        facetsLine([{ field: 'service', values: [{ value: 'checkout', count: 12 }] }])
      )
    );
    const facets = within(await screen.findByTestId(testIds.search.facets));
    await user.click(await facets.findByRole('button', { name: 'checkout' }));
    expect(location()).toBe('/a/obstack-app/search?q=service%3Acheckout');
    expect(box()).toHaveValue('service:checkout');
    // The facets of the last answer stay until the next one.
    expect(facets.getByRole('button', { name: 'checkout' })).toHaveAttribute('aria-pressed', 'true');
    await user.click(facets.getByRole('button', { name: 'Leave out service checkout' }));
    expect(location()).toBe('/a/obstack-app/search?q=-service%3Acheckout');
  });

  it('says the volume of each source in words', async () => {
    open();
    await answer(() => backend.last.sendLines(hitLine(hitOf()), histogramLine()));
    const lane = await screen.findByTestId(testIds.search.lane('loki'));
    expect(lane).toHaveAccessibleName('Logs: 66 lines, at most 35 at once');
  });

  it('is used with the keyboard alone', async () => {
    const { user, location } = open();
    await answer(() => {
      backend.last.sendLines(
        hitLine(hitOf()),
        hitLine(hitOf({ id: 'loki:2', title: 'second', time: '2026-11-23T08:00:00Z' }))
      );
      backend.last.sendLines(sourceLine(), doneLine());
      backend.last.end();
    });
    await hits();
    await user.keyboard('/');
    expect(box()).toHaveFocus();
    within((await hits())[0]!)
      .getByRole('button')
      .focus();
    await user.keyboard('j{Enter}');
    expect(location()).toBe('/a/obstack-app/search?hit=loki%3A2');
    expect(await screen.findByTestId(testIds.search.details)).toHaveTextContent('second');
    await user.keyboard('{Escape}');
    await waitFor(() => expect(screen.queryByTestId(testIds.search.details)).not.toBeInTheDocument());
    expect(location()).toBe('/a/obstack-app/search');
  });

  it('shows more of one signal, from where each source stopped', async () => {
    const { user } = open('?signal=logs');
    await answer(() => {
      backend.last.sendLines(hitLine(hitOf()), sourceLine(), doneLine('next-page'));
      backend.last.end();
    });
    await user.click(await screen.findByTestId(testIds.search.more));
    expect(backend.last.data).toMatchObject({ cursor: 'next-page' });
    await answer(() => {
      backend.last.sendLines(hitLine(hitOf({ id: 'loki:2' })), sourceLine(), doneLine());
      backend.last.end();
    });
    await waitFor(async () => expect(await hits()).toHaveLength(2));
    expect(screen.queryByTestId(testIds.search.more)).not.toBeInTheDocument();
  });
});
