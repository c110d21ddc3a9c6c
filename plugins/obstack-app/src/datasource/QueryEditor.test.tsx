import React, { type ComponentProps } from 'react';
import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { dateTime } from '@grafana/data';
import { QueryEditor } from './QueryEditor';

const RANGE = { from: dateTime(0), to: dateTime(1), raw: { from: 'now-1h', to: 'now' } };

function open() {
  const props = {
    query: { refId: 'A', queryType: 'logs' as const, query: '' },
    range: RANGE,
    onChange: jest.fn(),
    onRunQuery: jest.fn(),
    datasource: { known: jest.fn().mockResolvedValue({ service: ['checkout', 'cart'] }) },
  };
  render(<QueryEditor {...(props as unknown as ComponentProps<typeof QueryEditor>)} />);
  return props;
}

it('completes what is typed with the values that the data source knows', async () => {
  const { datasource, onChange, onRunQuery } = open();
  const box = screen.getByRole('combobox', { name: 'Search' });
  await userEvent.type(box, 'service:ca');
  expect(datasource.known).toHaveBeenCalledTimes(1);
  expect(datasource.known).toHaveBeenCalledWith('', undefined, { range: RANGE });
  await userEvent.keyboard('{ArrowDown}{Enter}');
  expect(box).toHaveValue('service:cart ');
  expect(onRunQuery).not.toHaveBeenCalled();
  await userEvent.keyboard('{Enter}');
  expect(onChange).toHaveBeenCalledWith({ refId: 'A', queryType: 'logs', query: 'service:cart ' });
  expect(onRunQuery).toHaveBeenCalledTimes(1);
});

it('asks again when another type is chosen', async () => {
  const { onChange } = open();
  await userEvent.click(screen.getByRole('radio', { name: 'Traces' }));
  expect(onChange).toHaveBeenCalledWith(expect.objectContaining({ queryType: 'traces' }));
});
