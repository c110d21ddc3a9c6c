import { alertsOf, annotated, deploysOf } from './markers';

const STEP = 60_000;
const version = (service_version: string, ...minutes: number[]) => ({
  labels: { job: 'checkout', service_version },
  points: minutes.map((minute) => [minute * STEP, 1] as const),
});

describe('deploys', () => {
  it('are versions that came after another of the same service', () => {
    expect(deploysOf([version('1.0', 0, 1, 2, 3), version('1.1', 4, 5)], 0, STEP)).toEqual([
      { kind: 'deploy', at: 4 * STEP, service: 'checkout', text: '1.1' },
    ]);
  });

  it('are neither what ran from the start, nor the first of a new service', () => {
    expect(deploysOf([version('1.0', 0, 1, 2)], 0, STEP)).toEqual([]);
    expect(deploysOf([version('1.0', 5, 6)], 0, STEP)).toEqual([]);
  });
});

it('marks each time that an alert began to fire', () => {
  const alerts = [
    {
      labels: { alertname: 'Slow', service_name: 'cart' },
      points: [1, 2, 3, 9, 10].map((at) => [at * STEP, 1] as const),
    },
  ];
  expect(alertsOf(alerts, STEP).map(({ at }) => at / STEP)).toEqual([1, 9]);
  expect(alertsOf(alerts, STEP)[0]).toMatchObject({ kind: 'alert', service: 'cart', text: 'Slow' });
});

it('takes alerts that began, and deploys that were announced, from Grafana', () => {
  const markers = annotated([
    { time: 1, newState: 'Alerting', alertName: 'Slow' },
    { time: 2, newState: 'Normal', alertName: 'Slow' },
    { time: 3, text: 'v2 to production', tags: ['deploy'] },
    { time: 4, text: 'lunch', tags: ['note'] },
  ]);
  expect(markers.map(({ kind, at, text }) => [kind, at, text])).toEqual([
    ['alert', 1, 'Slow'],
    ['deploy', 3, 'v2 to production'],
  ]);
});
