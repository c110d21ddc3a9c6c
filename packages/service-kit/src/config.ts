/**
 * The environment, read once, at start, against one schema per process. A schema's keys are the names
 * of the variables and each `.describe()` says what to set it to; there are no default secrets.
 */
import { z } from 'zod';
import { describeIssues, formatPath } from './issues.ts';

/** Every variable that is wrong, with what to do about each; never a value, which may be a secret. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/**
 * Reads `env` against `schema`. Variables the schema does not name are ignored; an empty one counts as
 * not set.
 * @throws ConfigError naming all that is wrong at once.
 */
export function readConfig<S extends z.ZodObject>(
  schema: S,
  env: Readonly<Record<string, string | undefined>> = process.env,
): z.output<S> {
  const given = Object.fromEntries(
    Object.keys(schema.shape)
      .filter((name) => env[name])
      .map((name) => [name, env[name]]),
  );
  const result = schema.safeParse(given);
  if (result.success) return result.data;
  const lines = describeIssues(result.error, schema).map(({ path, message, fix }) => {
    const name = formatPath(path.slice(0, 1));
    const description = (schema.shape[name] as z.ZodType | undefined)?.description;
    const wrong = name in given ? `is not right (${message})` : 'is not set';
    return `${name} ${wrong}. ${description ? `Set it to ${description}` : fix}.`;
  });
  throw new ConfigError(['The configuration is not usable:', ...lines].join('\n  '));
}

export interface ListenAddress {
  host: string;
  port: number;
}

/** `host:port`; `[::1]:8080` for IPv6. Port 0 asks the system for a free one. */
export const listenAddress = z
  .string()
  .regex(/^(\[[0-9a-fA-F:]+\]|[^:[\]\s]+):\d{1,5}$/, 'expected host:port')
  .transform((text, context): ListenAddress => {
    const colon = text.lastIndexOf(':');
    const port = Number(text.slice(colon + 1));
    if (port > 65535) context.addIssue({ code: 'custom', message: 'the port is above 65535' });
    return { host: text.slice(0, colon).replace(/^\[|\]$/g, ''), port };
  });

/** An `http(s)` URL without a trailing slash, ready to have a path appended. */
export const baseUrl = z
  .url({ protocol: /^https?$/, error: 'expected an http:// or https:// URL' })
  .transform((url) => url.replace(/\/+$/, ''));

/** The Redis that copies of a process share; without it each copy counts for itself. */
export const redisUrl = z
  .url({ protocol: /^rediss?$/, error: 'expected a redis:// URL' })
  .describe('the Redis that copies share, as redis://:password@host:6379')
  .optional();

/** The token that proxy and control-plane share. */
export const internalToken = z
  .string()
  .min(32)
  .regex(/^[\x21-\x7e]+$/, 'expected printable ASCII without spaces')
  .describe(
    'a random text of at least 32 characters, the same for proxy and control-plane (openssl rand -hex 32)',
  );

export const logLevel = z
  .enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'])
  .default('info')
  .describe('one of trace, debug, info, warn, error, fatal, silent');
