// Reads the JSON body of a search as strictly as parameters of queries are read.
import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import type { z } from 'zod';
import { readBody } from '../http/body.ts';
import { mediaType } from '../http/exchange.ts';
import { refuse } from '../http/refusal.ts';
import { quoted } from '../query/query-params.ts';

const MAX_BODY_BYTES = 128 * 1024;

/** @throws a refusal: 415 for another type, 413 for too much, 400 for what is not as `schema` says */
export async function readJson<S extends z.ZodType>(
  request: IncomingMessage,
  search: string,
  schema: S,
): Promise<z.output<S>> {
  if (search !== '') {
    throw refuse.badRequest('this address takes no parameters', { fix: 'send everything in the body' });
  }
  if (mediaType(request) !== 'application/json') {
    throw refuse.unsupportedMediaType('the body must be application/json', {
      location: 'header Content-Type',
    });
  }
  if (request.headers['content-encoding'] !== undefined) {
    throw refuse.unsupportedMediaType('the body must not be compressed', {
      location: 'header Content-Encoding',
    });
  }
  const body = await readBody(request, MAX_BODY_BYTES);
  if (!isUtf8(body)) throw refuse.badRequest('the body is not valid UTF-8', { location: 'body' });
  let value: unknown;
  try {
    value = JSON.parse(body.toString('utf8'));
  } catch (cause) {
    throw refuse.badRequest('the body is not JSON', { location: 'body', cause });
  }
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const path = issue?.path.join('.') ?? '';
  throw refuse.badRequest(`${path === '' ? 'the body' : quoted(path)}: ${issue?.message ?? 'not valid'}`, {
    location: path === '' ? 'body' : path,
  });
}
