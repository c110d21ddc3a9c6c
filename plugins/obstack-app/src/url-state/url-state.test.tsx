import React from 'react';
import { useNavigate } from 'react-router-dom';
import { screen } from '@testing-library/react';
import { renderAt } from '../test/render-at';
import { choice, readState, text, useUrlState, writeState } from './url-state';

const SCHEMA = { q: text(), view: choice(['all', 'logs'], 'all') };

describe('state in the URL', () => {
  it('reads defaults for what is absent or makes no sense', () => {
    expect(readState(SCHEMA, new URLSearchParams('view=bogus'))).toEqual({ q: '', view: 'all' });
    expect(readState(SCHEMA, new URLSearchParams('q=a+b&view=logs'))).toEqual({ q: 'a b', view: 'logs' });
  });

  it('writes what differs from the defaults, and leaves what is not its own', () => {
    const params = new URLSearchParams('orgId=2&q=old&view=logs');
    expect(writeState(SCHEMA, params, { q: 'a&b=c "d"' }).toString()).toBe('orgId=2&q=a%26b%3Dc+%22d%22&view=logs');
    expect(writeState(SCHEMA, params, { q: '', view: 'all' }).toString()).toBe('orgId=2');
  });

  it.each(['card declined', 'a&b=c', '+', '%', '"ü 🛒"', 'level:>=warn -x'])('gives back %s as it was', (q) => {
    const written = writeState(SCHEMA, new URLSearchParams(), { q }).toString();
    expect(readState(SCHEMA, new URLSearchParams(written)).q).toBe(q);
  });

  it('makes a step that Back undoes, or none when it replaces', async () => {
    const Page = () => {
      const [{ q, view }, set] = useUrlState(SCHEMA);
      const navigate = useNavigate();
      return (
        <>
          <output>{`${q} ${view}`}</output>
          <button onClick={() => set({ q: 'x' })}>step</button>
          <button onClick={() => set({ view: 'logs' }, { replace: true })}>replace</button>
          <button onClick={() => navigate(-1)}>back</button>
        </>
      );
    };
    const { user, location } = renderAt('/search?q=first', <Page />);
    const press = (name: string) => user.click(screen.getByText(name));

    await press('step');
    expect(location()).toBe('/search?q=x');
    await press('replace');
    expect(location()).toBe('/search?q=x&view=logs');
    expect(screen.getByRole('status')).toHaveTextContent('x logs');
    await press('back');
    expect(location()).toBe('/search?q=first');
    expect(screen.getByRole('status')).toHaveTextContent('first all');
  });
});
