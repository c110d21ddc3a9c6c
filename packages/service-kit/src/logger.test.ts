import { describe, expect, it } from '@jest/globals';
import { formatCredential } from '@obstack/contracts/credential-format';
import { createLogger } from './logger.ts';

const SECRET = 'abcdefghijklmnopqrstuvwxyz012345';
const key = formatCredential('ingestion-key', 'AbCdEf012345', SECRET);

/** Everything that `write` logs, as text and as objects. */
function logged(write: (logger: ReturnType<typeof createLogger>) => void) {
  const lines: string[] = [];
  write(
    createLogger({ name: 'test', level: 'debug', destination: { write: (line) => void lines.push(line) } }),
  );
  return { text: lines.join(''), records: lines.map((line) => JSON.parse(line) as Record<string, unknown>) };
}

describe('the logger', () => {
  it('writes one JSON object per line', () => {
    const { records } = logged((logger) => logger.info({ count: 3 }, 'hello'));
    expect(records).toEqual([
      { level: 'info', time: expect.any(String), name: 'test', count: 3, msg: 'hello' },
    ]);
  });

  it.each([
    'authorization',
    'Authorization',
    'x-api-key',
    'X-API-Key',
    'apiKey',
    'cookie',
    'set-cookie',
    'secret',
    'clientSecret',
    'password',
    'password_hash',
    'token',
    'INTERNAL_TOKEN',
    'databaseUrl',
    'DATABASE_URL',
  ])('blanks the field %s at any depth', (name) => {
    const { text } = logged((logger) => {
      logger.info({ [name]: SECRET });
      logger.info({ request: { headers: [{ [name]: { inner: SECRET } }] } });
      logger.child({ [name]: SECRET }).warn('from a child');
      logger.error(Object.assign(new Error('failed'), { config: { [name]: SECRET } }));
    });
    expect(text).not.toContain(SECRET);
    expect(text.match(/\[redacted\]/g)).toHaveLength(4);
  });

  it('blanks a credential wherever it stands, and leaves its key id', () => {
    const { text } = logged((logger) => {
      logger.info(`got ${key}`);
      logger.info({ note: [`${key}!`] }, 'in a field');
      logger.error({ err: new Error(`no such key ${key}`) }, 'in a message and a stack');
      logger.info({ line: `Bearer ${SECRET}` });
      logger.info(`cannot reach postgres://obstack:${SECRET}@127.0.0.1:5432/obstack`);
    });
    expect(text).not.toContain(SECRET);
    expect(text).toContain('obk_AbCdEf012345_[redacted]');
    expect(text).toContain('postgres://obstack:[redacted]@127.0.0.1:5432/obstack');
  });

  it('keeps errors readable, and survives what cannot be written', () => {
    const circular: Record<string, unknown> = {};
    circular['self'] = circular;
    const { records } = logged((logger) => {
      logger.error({ err: new TypeError('failed', { cause: new Error('because') }) }, 'broken');
      logger.info({
        circular,
        body: Buffer.from(SECRET),
        when: new Date(0),
        where: new URL('http://x/'),
        nothing: null,
      });
    });
    expect(records[0]).toMatchObject({ err: { type: 'TypeError', message: 'failed: because' } });
    expect(records[1]).toMatchObject({
      body: '[32 bytes]',
      when: '1970-01-01T00:00:00.000Z',
      where: 'http://x/',
      nothing: null,
    });
  });
});
