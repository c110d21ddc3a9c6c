import React from 'react';
import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { nanosOf, selectorOf } from '../stores/loki-context';
import type { FakeBackend } from '../test/backend';
import { startGrafana } from '../test/grafana';
import { hitOf } from '../test/search-lines';
import { LogContext } from './LogContext';

const AT = nanosOf('2026-11-23T09:00:00.123456789Z');
let backend: FakeBackend;
beforeEach(() => {
  backend = startGrafana();
  backend.answers.set('/loki/api/v1/query_range', ({ direction }: { direction: string }) => ({
    data: {
      result: [
        {
          stream: { detected_level: 'error' },
          values:
            direction === 'backward'
              ? [[String(AT - 1n), 'before it']]
              : [
                  [String(AT), 'card declined'],
                  [String(AT + 5n), 'after it'],
                ],
        },
      ],
    },
  }));
});

it('shows a line among its neighbours of the same stream, the oldest first', async () => {
  render(<LogContext hit={hitOf()} />);
  const lines = await screen.findAllByRole('listitem');
  expect(lines.map((line) => line.textContent)).toEqual([
    expect.stringContaining('before it'),
    expect.stringContaining('card declined'),
    expect.stringContaining('after it'),
  ]);
  expect(lines[1]).toHaveAttribute('aria-current', 'true');
  expect(backend.gets[0]?.params).toMatchObject({ query: '{service_name="checkout"}', end: String(AT), limit: 10 });
});

it('shows more when asked', async () => {
  render(<LogContext hit={hitOf()} />);
  await userEvent.click(await screen.findByRole('button', { name: 'More before and after' }));
  expect(backend.gets.at(-1)?.params).toMatchObject({ limit: 41 });
});

it('takes the selector alone, braces in its strings included', () => {
  expect(selectorOf('{a="}", b=`{`} |= "x"')).toBe('{a="}", b=`{`}');
});
