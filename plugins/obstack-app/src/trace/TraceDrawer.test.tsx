import React from 'react';
import { act, screen, waitFor, within } from '@testing-library/react';
import { doneLine, hitLine, hitOf, sourceLine } from '../test/search-lines';
import SearchPage from '../search/SearchPage';
import { testIds } from '../testIds';
import type { FakeBackend } from '../test/backend';
import { InPlugin, startGrafana } from '../test/grafana';
import { renderAt } from '../test/render-at';
import { CHECKOUT, spanId, TRACE_ID, traceAnswer } from '../test/trace-answer';

let backend: FakeBackend;
beforeEach(() => {
  backend = startGrafana();
  backend.answers.set(`/tempo/api/v2/traces/${TRACE_ID}`, CHECKOUT);
});

const open = (search: string) =>
  renderAt(
    `/a/obstack-app/search?${search}`,
    <InPlugin>
      <SearchPage />
    </InPlugin>
  );
const tree = () => screen.findByTestId(testIds.trace.waterfall);
const params = (location: string) => new URLSearchParams(location.split('?')[1]);

describe('the trace drawer', () => {
  it('opens from a hit, at its span, with its state in the URL', async () => {
    const { user, location } = open('q=x&hit=loki%3A1');
    await act(async () => backend.last.sendLines(hitLine(hitOf({ spanId: spanId('4') })), sourceLine(), doneLine()));
    await user.click(await screen.findByTestId(testIds.trace.open));
    expect(await screen.findByTestId(testIds.trace.details)).toHaveTextContent('card declined');
    expect(Object.fromEntries(params(location()))).toEqual({
      q: 'x',
      hit: 'loki:1',
      trace: TRACE_ID,
      span: spanId('4'),
    });
    // And gives the keyboard back to where it was.
    await user.click(screen.getByTestId('data-testid Drawer close'));
    await waitFor(() => expect(screen.getByTestId(testIds.trace.open)).toHaveFocus());
  });

  it('says of each span how long it took, whether it failed, and whether it was waited for', async () => {
    open(`trace=${TRACE_ID}`);
    const rows = within(await tree()).getAllByRole('treeitem');
    expect(rows.map((row) => row.getAttribute('aria-label'))).toEqual([
      'frontend POST /checkout, 100 ms, on the critical path',
      'checkout POST /orders, 80 ms, on the critical path',
      'checkout price order, 8 ms, on the critical path',
      'payment POST /charges, 50 ms, failed, on the critical path',
    ]);
    expect(screen.getByText('Errors: 1')).toBeInTheDocument();
  });

  it('is walked with the keyboard: up, down, fold, details, out', async () => {
    const { user, location } = open(`trace=${TRACE_ID}`);
    (await tree()).focus();
    await user.keyboard('{ArrowDown}{Enter}');
    expect(screen.getByTestId(testIds.trace.details)).toHaveTextContent('POST /orders');
    expect(params(location()).get('span')).toBe(spanId('2'));
    // With the details open they follow.
    await user.keyboard('{ArrowDown}');
    expect(screen.getByTestId(testIds.trace.details)).toHaveTextContent('price order');
    await user.keyboard('{Escape}');
    expect(screen.queryByTestId(testIds.trace.details)).not.toBeInTheDocument();
    await user.keyboard('{ArrowUp}{ArrowLeft}');
    expect(screen.getAllByRole('treeitem')).toHaveLength(2);
    expect(screen.getAllByRole('treeitem')[1]).toHaveAttribute('aria-expanded', 'false');
    await user.keyboard('{ArrowRight}');
    expect(screen.getAllByRole('treeitem')).toHaveLength(4);
    await user.keyboard('{Escape}');
    await waitFor(() => expect(params(location()).get('trace')).toBeNull());
  });

  it('goes from error to error, and finds a span by what it says', async () => {
    const { user } = open(`trace=${TRACE_ID}`);
    await tree();
    await user.click(screen.getByRole('button', { name: 'Next error' }));
    expect(screen.getByTestId(testIds.trace.details)).toHaveTextContent('exception.message');
    await user.type(screen.getByPlaceholderText(/Find a span/), 'price{Enter}');
    expect(screen.getByText('1 found')).toBeInTheDocument();
    expect(screen.getByTestId(testIds.trace.details)).toHaveTextContent('price order');
  });

  it('renders the rows in sight alone, of thousands', async () => {
    const many = Array.from({ length: 5000 }, (_, at) => ({
      id: String(at + 1),
      ...(at > 0 && { parent: '1' }),
      from: at / 100,
    }));
    backend.answers.set(`/tempo/api/v2/traces/${TRACE_ID}`, traceAnswer(...many));
    const { user } = open(`trace=${TRACE_ID}`);
    (await tree()).focus();
    expect(screen.getAllByRole('treeitem').length).toBeLessThan(100);
    await user.keyboard('{End}{Enter}');
    expect(await screen.findByTestId(testIds.trace.details)).toHaveTextContent('span 5000');
  });

  it('leads to what a search finds of the trace', async () => {
    const { user, location } = open(`q=level%3Aerror&trace=${TRACE_ID}`);
    await user.click(await screen.findByTestId(testIds.trace.logs));
    expect(Object.fromEntries(params(location()))).toEqual({ q: `trace:${TRACE_ID}` });
  });

  it('shows what belongs to the span that is open, and why', async () => {
    open(`trace=${TRACE_ID}&span=${spanId('4')}&pane=related`);
    const panel = await screen.findByTestId(testIds.related.panel);
    expect(backend.last.url).toMatch(/\/api\/v1\/correlate$/);
    expect(backend.last.data).toMatchObject({ hit: { signal: 'traces', service: 'payment', traceId: TRACE_ID } });
    await act(async () => {
      backend.last.sendLines(
        { type: 'related', relation: 'trace', hit: hitOf({ id: 'loki:9', title: 'of the trace' }) },
        { type: 'related', relation: 'service', hit: hitOf({ id: 'loki:8', title: 'of the service' }) },
        doneLine()
      );
      backend.last.end();
    });
    expect(within(panel).getByTestId(testIds.related.group('logs', 'trace'))).toHaveTextContent('of the trace');
    expect(within(panel).getByTestId(testIds.related.group('logs', 'service'))).toHaveTextContent('of the service');
  });

  it('tells a trace that is not there from one that could not be asked for', async () => {
    const notFound = { status: 404, data: { title: 'Not found', detail: 'there is no such trace' } };
    backend.answers.set('/traces/1', notFound);
    const { unmount } = open('trace=1');
    expect(await screen.findByText('There is no such trace')).toBeInTheDocument();
    unmount();
    backend.answers.set('/traces/2', { status: 502, data: { title: 'Bad gateway', detail: 'Tempo does not answer' } });
    open('trace=2');
    expect(await screen.findByText('Tempo does not answer')).toBeInTheDocument();
  });
});
