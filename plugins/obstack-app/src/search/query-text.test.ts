import { filterState, filterText, withFilter } from './query-text';

describe('filters as text', () => {
  it.each([
    ['checkout', 'service:checkout'],
    ['GET /pay', 'service:"GET /pay"'],
    ['a"b\\c', 'service:"a\\"b\\\\c"'],
    ['5*', 'service:"5*"'],
    ['>5', 'service:">5"'],
    ['', 'service:""'],
  ])('%s is written %s', (value, written) => {
    expect(filterText('service', value)).toBe(written);
  });

  it('adds, turns around and takes out, and leaves the rest as it was written', () => {
    const query = '"card declined" level:error';
    const asked = withFilter(query, 'service', 'my shop', 'included');
    expect(asked).toBe('"card declined" level:error service:"my shop"');
    expect(filterState(asked, 'service', 'my shop')).toBe('included');
    const without = withFilter(asked, 'service', 'my shop', 'excluded');
    expect(without).toBe('"card declined" level:error -service:"my shop"');
    expect(filterState(without, 'service', 'my shop')).toBe('excluded');
    expect(withFilter(without, 'service', 'my shop', null)).toBe(query);
  });

  it('does not take text in quotes for a filter', () => {
    expect(filterState('"service:checkout"', 'service', 'checkout')).toBeNull();
    expect(withFilter('"a service:checkout', 'service', 'checkout', null)).toBe('"a service:checkout');
  });
});
