import React from 'react';
import { render, screen } from '@testing-library/react';
import type { FakeBackend } from '../test/backend';
import { startGrafana } from '../test/grafana';
import { hitOf } from '../test/search-lines';
import { chartQuery, MetricChart } from './MetricChart';
import { runsOf } from './Sparkline';

let backend: FakeBackend;
beforeEach(() => {
  backend = startGrafana();
});

const hit = hitOf({
  signal: 'metrics',
  source: 'prometheus',
  title: 'orders_total',
  nativeQuery: 'orders_total{a="b"}',
});

it('shows a counter as what it grew by', async () => {
  backend.answers.set('/query_range', {
    data: {
      result: [
        {
          metric: {},
          values: [
            [1_795_424_400, '1'],
            [1_795_424_415, '3'],
          ],
        },
      ],
    },
  });
  render(<MetricChart hit={hit} />);
  expect(await screen.findByRole('img')).toHaveAccessibleName('orders_total, between 1 and 3');
  expect(backend.gets[0]?.params).toMatchObject({ query: 'rate(orders_total{a="b"}[2m])' });
});

it('says when there is nothing to show', async () => {
  backend.answers.set('/query_range', { data: { result: [] } });
  render(<MetricChart hit={hit} />);
  expect(await screen.findByText('No values around this time.')).toBeInTheDocument();
});

it('leaves a gauge as it is', () => {
  expect(chartQuery('stock_units', 'stock_units{}')).toBe('stock_units{}');
});

it('breaks a line where values are missing', () => {
  const runs = runsOf(
    [
      [0, 1],
      [10, 1],
      [90, 1],
    ],
    25
  );
  expect(runs.map((run) => run.length)).toEqual([2, 1]);
});
