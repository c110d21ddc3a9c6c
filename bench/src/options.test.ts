import { describe, expect, it } from '@jest/globals';
import { parseOptions } from './options.ts';

describe('parseOptions', () => {
  it('reads a command and its options', () => {
    expect(parseOptions(['query', '--quick', '--rounds', '3'])).toMatchObject({
      ...{ command: 'query', quick: true, json: false, rounds: 3 },
    });
  });

  it('is undefined when help is asked for', () => {
    expect(parseOptions(['--help'])).toBeUndefined();
  });

  it.each([[[]], [['querry']], [['query', 'ingest']], [['query', '--rounds', '0']], [['query', '--fast']]])(
    'throws on %j',
    (args) => {
      expect(() => parseOptions(args)).toThrow();
    },
  );
});
