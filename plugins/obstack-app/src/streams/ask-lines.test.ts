import { waitFor } from '@testing-library/react';
import { lastValueFrom, toArray } from 'rxjs';
import { startGrafana } from '../test/grafana';
import { askLines } from './ask-lines';

const HIT = { type: 'hit', id: 1 };
const DONE = { type: 'done' };

describe('askLines', () => {
  it('asks again for an answer that was cut off, and for no other', async () => {
    const backend = startGrafana();
    const answer = lastValueFrom(askLines('/search', { query: 'x' }).pipe(toArray()));
    backend.last.sendLines(HIT);
    backend.last.end();
    await waitFor(() => expect(backend.calls).toHaveLength(2));
    expect(backend.last.data).toEqual({ query: 'x' });
    backend.last.sendLines(HIT, DONE);
    backend.last.end();
    expect(await answer).toEqual([[HIT], [HIT, DONE]]);
    expect(backend.calls).toHaveLength(2);
  });

  it('gives up on what is cut off each time, and at once on a refusal', async () => {
    const backend = startGrafana();
    const cut = lastValueFrom(askLines('/search', {}));
    for (const attempt of [1, 2, 3]) {
      await waitFor(() => expect(backend.calls).toHaveLength(attempt));
      backend.last.end();
    }
    await expect(cut).rejects.toMatchObject({ kind: 'cut' });
    expect(backend.calls).toHaveLength(3);

    const refused = lastValueFrom(askLines('/search', {}));
    backend.last.refuse(403, { type: 'urn:obstack:problem:forbidden', title: 'No', status: 403, detail: 'No.' });
    await expect(refused).rejects.toMatchObject({ kind: 'not-allowed' });
    expect(backend.calls).toHaveLength(4);
  });
});
