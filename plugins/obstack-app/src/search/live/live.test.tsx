import React from 'react';
import { act, screen } from '@testing-library/react';
import { testIds } from '../../testIds';
import type { FakeBackend } from '../../test/backend';
import { InPlugin, startGrafana } from '../../test/grafana';
import { renderAt } from '../../test/render-at';
import { doneLine, hitLine, hitOf } from '../../test/search-lines';
import SearchPage from '../SearchPage';
import { pollDelay } from './poll-delay';

let backend: FakeBackend;
beforeEach(() => {
  jest.useFakeTimers({ now: Date.parse('2026-11-23T09:00:10Z'), doNotFake: ['performance'] });
  backend = startGrafana();
});
afterEach(() => {
  hide(false);
  jest.useRealTimers();
});

function hide(isHidden: boolean) {
  Object.defineProperty(document, 'hidden', { configurable: true, value: isHidden });
  document.dispatchEvent(new Event('visibilitychange'));
}

const open = () =>
  renderAt(
    '/a/obstack-app/search?live=1&q=service%3Acart',
    <InPlugin>
      <SearchPage />
    </InPlugin>
  );
const pass = (ms: number) => act(async () => void (await jest.advanceTimersByTimeAsync(ms)));
const answer = (...hits: Array<ReturnType<typeof hitOf>>) =>
  act(async () => {
    backend.last.sendLines(...hits.map(hitLine), doneLine());
    backend.last.end();
  });
const titles = () => screen.queryAllByTestId(testIds.search.hit).map((row) => row.textContent);

describe('the live tail', () => {
  it('asks for logs alone, again and again, each time from where it was', async () => {
    open();
    expect(backend.last.data).toMatchObject({
      query: 'service:cart',
      signals: ['logs'],
      to: '2026-11-23T09:00:10.000Z',
    });
    await answer(hitOf({ id: '1', title: 'first' }));
    expect(titles()).toEqual([expect.stringContaining('first')]);
    await pass(1_900);
    expect(backend.calls).toHaveLength(1);
    await pass(200);
    expect(backend.calls).toHaveLength(2);
    // What comes late is looked for again, and shown once.
    expect(backend.last.data).toMatchObject({ from: '2026-11-23T08:59:55.000Z' });
    await answer(
      hitOf({ id: '1', title: 'first' }),
      hitOf({ id: '2', title: 'second', time: '2026-11-23T09:00:05.000000000Z' })
    );
    expect(titles()).toEqual([expect.stringContaining('second'), expect.stringContaining('first')]);
  });

  it('rests while the tab is hidden, and looks at once when it is back', async () => {
    open();
    await answer(hitOf());
    act(() => hide(true));
    await pass(120_000);
    expect(backend.calls).toHaveLength(1);
    act(() => hide(false));
    expect(backend.calls).toHaveLength(2);
  });

  it('says what went wrong, and tries again later and later', async () => {
    open();
    await act(async () => backend.last.refuse(502, { title: 'No', detail: 'the proxy is away' }));
    expect(screen.getByText('the proxy is away')).toBeInTheDocument();
    await pass(2_000);
    expect(backend.calls).toHaveLength(2);
    await act(async () => backend.last.refuse(502, { title: 'No', detail: 'the proxy is away' }));
    await pass(3_900);
    expect(backend.calls).toHaveLength(2);
    await pass(200);
    expect(backend.calls).toHaveLength(3);
  });

  it('ends with the page', () => {
    open().unmount();
    expect(backend.last.cancelled).toBe(true);
  });
});

it('waits longer while nothing comes, and longest after failures', () => {
  expect(pollDelay(10_000, 'lines')).toBe(2_000);
  expect(pollDelay(2_000, 'quiet')).toBe(3_000);
  expect(pollDelay(9_000, 'quiet')).toBe(10_000);
  expect(pollDelay(50_000, 'failed')).toBe(60_000);
});
