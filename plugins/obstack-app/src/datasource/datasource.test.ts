import { lastValueFrom } from 'rxjs';
import { type DataFrame, type DataQueryResponse, dateTime, LoadingState } from '@grafana/data';
import { setTemplateSrv } from '@grafana/runtime';
import type { FakeBackend } from '../test/backend';
import { startGrafana } from '../test/grafana';
import { doneLine, facetsLine, histogramLine, hitLine, hitOf, sourceLine, traceOf } from '../test/search-lines';
import { ObstackDatasource } from './datasource';
import { logsFrame, tracesFrame } from './frames';
import type { ObstackQuery } from './types';

const URL = '/api/datasources/proxy/uid/obstack';
const RANGE = { from: dateTime(0), to: dateTime(3_600_000), raw: { from: 'now-1h', to: 'now' } };

let backend: FakeBackend;
let datasource: ObstackDatasource;
beforeEach(() => {
  backend = startGrafana();
  setTemplateSrv({ replace: (text: string) => text.replace('$service', 'cart') } as never);
  datasource = new ObstackDatasource({ url: URL } as never);
});

function ask(...targets: ObstackQuery[]): DataQueryResponse[] {
  const answers: DataQueryResponse[] = [];
  datasource.query({ targets, range: RANGE, scopedVars: {} } as never).subscribe((answer) => answers.push(answer));
  return answers;
}
const framesOf = (answer: DataQueryResponse | undefined) => (answer?.data ?? []) as DataFrame[];

describe('the data source', () => {
  it('asks for the signal of the query, with variables filled in', () => {
    ask({ refId: 'A', queryType: 'logs', query: 'service:$service', limit: 7 });
    expect(backend.last.url).toBe(`${URL}/api/api/v1/search`);
    expect(backend.last.data).toEqual({
      query: 'service:cart',
      from: '1970-01-01T00:00:00.000Z',
      to: '1970-01-01T01:00:00.000Z',
      signals: ['logs'],
      limit: 7,
    });
  });

  it('shows logs while they come, and says when that is all', () => {
    const answers = ask({ refId: 'A', queryType: 'logs' });
    backend.last.sendLines(hitLine(hitOf()));
    expect(answers[0]).toMatchObject({ key: 'A', state: LoadingState.Streaming });
    backend.last.sendLines(hitLine(hitOf({ id: '2' })), doneLine());
    expect(answers[1]).toMatchObject({ key: 'A', state: LoadingState.Done });
    expect(framesOf(answers[1])[0]).toMatchObject({ refId: 'A', length: 2 });
  });

  it('answers traces as traces and volume as series, each to its own query', () => {
    const answers = ask({ refId: 'A', queryType: 'traces' }, { refId: 'B', queryType: 'volume' });
    backend.calls[0]!.sendLines(hitLine(traceOf()), doneLine());
    backend.calls[1]!.sendLines(histogramLine(), doneLine());
    expect(backend.calls[1]!.data).toMatchObject({ limit: 1 });
    expect(answers.map(({ key, data }) => [key, data.length])).toEqual([
      ['A', 1],
      ['B', 2],
    ]);
  });

  it('says on the panel which source is missing', () => {
    const answers = ask({ refId: 'A', queryType: 'logs' });
    backend.last.sendLines(hitLine(hitOf()), sourceLine({ status: 'partial', reason: 'more than 50' }), doneLine());
    expect(framesOf(answers[0])[0]?.meta?.notices).toEqual([{ severity: 'warning', text: 'Loki: more than 50' }]);
  });

  it('cancels what it asked when nobody looks any more', () => {
    datasource
      .query({ targets: [{ refId: 'A' }], range: RANGE, scopedVars: {} } as never)
      .subscribe()
      .unsubscribe();
    expect(backend.last.cancelled).toBe(true);
  });

  it('gives the values of a facet to a variable', async () => {
    const values = datasource.metricFindQuery('service | level:error', { range: RANGE });
    expect(backend.last.data).toMatchObject({ query: 'level:error' });
    backend.last.sendLines(facetsLine([{ field: 'service', values: [{ value: 'cart', count: 2 }] }]), doneLine());
    backend.last.end();
    expect(await values).toEqual([{ text: 'cart', value: 'cart' }]);
  });

  it('gives the values of an attribute, as hits have them, to a variable', async () => {
    const values = datasource.metricFindQuery('@http.route', { range: RANGE });
    expect(backend.last.data).toMatchObject({ query: '', limit: 200 });
    backend.last.sendLines(
      hitLine(hitOf()),
      hitLine(hitOf({ id: '2', attributes: { 'http.route': '/cart' } })),
      hitLine(hitOf({ id: '3' })),
      doneLine()
    );
    backend.last.end();
    expect((await values).map(({ text }) => text).sort()).toEqual(['/cart', '/pay']);
  });

  it('makes an annotation of a line, and of a trace one that lasts', async () => {
    const frames = [logsFrame('A', [hitOf()]), tracesFrame('A', [traceOf()])];
    const events = await lastValueFrom(datasource.annotations.processEvents!({} as never, frames));
    const time = Date.parse('2026-11-23T09:00:00.123Z');
    expect(events).toEqual([
      { id: 'loki:1', time, title: 'checkout', text: 'card declined', tags: ['error'] },
      { time, timeEnd: time + 842.5, title: 'checkout', text: 'POST /checkout' },
    ]);
  });

  it('proves identity and enforcement, or says what is wrong', async () => {
    backend.answers.set('/tenant_id/values', { data: ['tenant-1'] });
    const good = datasource.testDatasource();
    backend.last.sendLines(sourceLine(), doneLine());
    backend.last.end();
    expect(await good).toEqual({
      status: 'success',
      message: 'Loki answers, in 42 ms. The token reads one tenant, and nothing else: tenant-1',
    });

    const bad = datasource.testDatasource();
    backend.last.refuse(403, { title: 'No', detail: 'revoked' });
    expect(await bad).toMatchObject({ status: 'error', message: expect.stringContaining('revoked') });
  });
});
