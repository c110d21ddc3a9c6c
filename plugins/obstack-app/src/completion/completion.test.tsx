import React, { useState } from 'react';
import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { CompletingInput } from './CompletingInput';
import { completionsAt } from './completions';

const KNOWN = { service: ['checkout', 'cart', 'pay now'], '@http.route': ['/pay'] };
const options = (text: string, caret = text.length) => completionsAt(text, caret, KNOWN)?.options;

describe('completionsAt', () => {
  it('offers fields, then their values', () => {
    expect(options('serv')).toEqual(['service:']);
    expect(options('@ht')).toEqual(['@http.route:']);
    expect(options('service:c')).toEqual(['service:checkout', 'service:cart']);
    expect(options('x -level:e')).toEqual(['level:error']);
  });

  it('quotes what has a space', () => {
    expect(options('service:pay')).toEqual(['service:"pay now"']);
  });

  it('keeps still in a quote, after a space, and when it is complete', () => {
    expect(options('"serv')).toBeUndefined();
    expect(options('service:cart ')).toBeUndefined();
    expect(options('service:cart')).toBeUndefined();
  });
});

describe('the completing input', () => {
  function Box({ onEnter }: { onEnter: () => void }) {
    const [text, setText] = useState('');
    return (
      <CompletingInput
        aria-label="query"
        value={text}
        known={KNOWN}
        onText={setText}
        onKeyDown={(event) => event.key === 'Enter' && onEnter()}
      />
    );
  }

  it('takes what is chosen with the keyboard, and then offers its values', async () => {
    const onEnter = jest.fn();
    render(<Box onEnter={onEnter} />);
    const input = screen.getByRole('combobox', { name: 'query' });
    await userEvent.type(input, 'serv{ArrowDown}{Enter}');
    expect(input).toHaveValue('service:');
    expect(onEnter).not.toHaveBeenCalled();
    expect(screen.getAllByRole('option').map((option) => option.textContent)).toEqual([
      'service:checkout',
      'service:cart',
      'service:"pay now"',
    ]);
    await userEvent.keyboard('{ArrowDown}{ArrowDown}{Tab}');
    expect(input).toHaveValue('service:cart ');
    expect(screen.queryByRole('listbox')).not.toBeInTheDocument();
  });

  it('leaves Enter alone while nothing is chosen, and closes with Escape', async () => {
    const onEnter = jest.fn();
    render(<Box onEnter={onEnter} />);
    const input = screen.getByRole('combobox', { name: 'query' });
    await userEvent.type(input, 'serv{Escape}');
    expect(screen.queryByRole('listbox')).not.toBeInTheDocument();
    await userEvent.type(input, 'i{Enter}');
    expect(input).toHaveValue('servi');
    expect(onEnter).toHaveBeenCalledTimes(1);
  });
});
