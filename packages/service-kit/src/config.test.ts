import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { baseUrl, ConfigError, internalToken, listenAddress, logLevel, readConfig } from './config.ts';

const schema = z.object({
  LISTEN: listenAddress.prefault('127.0.0.1:8080'),
  UPSTREAM: baseUrl.describe('the address of the store, as http://127.0.0.1:3100'),
  INTERNAL_TOKEN: internalToken,
  LOG_LEVEL: logLevel,
});
const good = { UPSTREAM: 'http://127.0.0.1:3100/', INTERNAL_TOKEN: 'x'.repeat(32) };

function failure(env: Record<string, string>): string {
  try {
    readConfig(schema, env);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
  }
  throw new Error('it was read');
}

describe('readConfig', () => {
  it('reads values, fills in defaults and ignores what it does not know', () => {
    expect(readConfig(schema, { ...good, LISTEN: '[::1]:0', HOME: '/root' })).toEqual({
      LISTEN: { host: '::1', port: 0 },
      UPSTREAM: 'http://127.0.0.1:3100',
      INTERNAL_TOKEN: good.INTERNAL_TOKEN,
      LOG_LEVEL: 'info',
    });
    expect(readConfig(schema, good).LISTEN).toEqual({ host: '127.0.0.1', port: 8080 });
  });

  it('names every missing variable at once, with what to set it to', () => {
    const message = failure({});
    expect(message).toContain('UPSTREAM is not set. Set it to the address of the store');
    expect(message).toContain('INTERNAL_TOKEN is not set. Set it to a random text of at least 32 characters');
  });

  it('counts an empty variable as not set', () => {
    expect(failure({ ...good, INTERNAL_TOKEN: '' })).toContain('INTERNAL_TOKEN is not set');
  });

  it.each([
    ['INTERNAL_TOKEN', 'short-secret'],
    ['INTERNAL_TOKEN', 'a secret with spaces, of more than 32 characters'],
    ['UPSTREAM', 'ftp://user:hidden@host'],
    ['UPSTREAM', 'not a url'],
    ['LISTEN', '127.0.0.1'],
    ['LISTEN', '127.0.0.1:99999'],
    ['LOG_LEVEL', 'loud'],
  ])('names %s when it is %p, without repeating it', (name, value) => {
    const message = failure({ ...good, [name]: value });
    expect(message).toContain(`${name} is not right`);
    expect(message).not.toContain(value);
  });
});
