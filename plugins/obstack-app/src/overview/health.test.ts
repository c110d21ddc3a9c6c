import { healthOf, moodOf, sorted, topErrorsOf } from './health';

const at = (value: number, labels: Record<string, string>) => ({ labels, points: [[0, value] as const] });
const of = (service: string, value: number) => at(value, { service_name: service });

describe('healthOf', () => {
  it('puts together what each store says of a service', () => {
    const services = healthOf({
      rate: [of('checkout', 10), at(4, { job: 'shop/cart' })],
      failures: [of('checkout', 1)],
      p95: [of('checkout', 250)],
      errorLines: [of('checkout', 7), of('batch', 2)],
    });
    expect(services).toMatchObject([
      { service: 'checkout', rate: 10, failed: 0.1, p95Ms: 250, errorLines: 7 },
      { service: 'cart', rate: 4, failed: 0, p95Ms: null, errorLines: 0 },
      // It is known by its logs alone.
      { service: 'batch', rate: null, failed: null, errorLines: 2 },
    ]);
  });

  it('says nothing of failures before they are known', () => {
    expect(healthOf({ rate: [of('a', 1)] })[0]).toMatchObject({ failed: null, errorLines: null });
    expect(moodOf(healthOf({ rate: [of('a', 1)] })[0]!)).toBe('unknown');
  });

  it('grades by the share that failed', () => {
    const mood = (failed: number) => moodOf(healthOf({ rate: [of('a', 100)], failures: [of('a', failed)] })[0]!);
    expect([mood(0.5), mood(1), mood(5)]).toEqual(['good', 'warning', 'bad']);
  });
});

it('sorts the largest first, what is unknown last, and names from a to z', () => {
  const services = healthOf({ rate: [of('b', 1), of('c', 9), of('a', 1)], errorLines: [of('z', 1)] });
  const names = (by: Parameters<typeof sorted>[1]) => sorted(services, by).map(({ service }) => service);
  expect(names('rate')).toEqual(['c', 'a', 'b', 'z']);
  expect(names('service')).toEqual(['a', 'b', 'c', 'z']);
});

it('lists errors with the most frequent first', () => {
  const errors = topErrorsOf([at(2, { service_name: 'a', message: 'x' }), at(5, { service_name: 'b', message: 'y' })]);
  expect(errors.map(({ message }) => message)).toEqual(['y', 'x']);
});
