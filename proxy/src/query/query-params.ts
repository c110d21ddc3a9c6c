// Reads the parameters of a request, from its URL and from its form body, so strictly that no store could read
// them differently (isolation classes 1 and 2). Nothing is passed on from here: requests are built anew.
import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { readBody } from '../http/body.ts';
import { mediaType } from '../http/exchange.ts';
import { refuse } from '../http/refusal.ts';

/** Parameters in the order they were given, name and value in turn. */
export type GivenParams = readonly string[];

const MAX_BODY_BYTES = 1024 * 1024;
const MAX_PARAMS = 256;
const NOT_PRINTABLE = /[^!-~]/;

/**
 * The parameters of a GET or POST request.
 * Throws 400 for what is not plain `application/x-www-form-urlencoded` UTF-8, for a body on GET, and for a name
 * that stands both in the URL and in the body; 413 and 415 for a body too large or of another type.
 */
export function readParams(request: IncomingMessage, search: string): GivenParams | Promise<GivenParams> {
  // A URL is printable ASCII by definition (RFC 3986 §2); what Node hands over beyond that are undecoded bytes.
  if (NOT_PRINTABLE.test(search)) throw refuse.badRequest('the query string must be percent-encoded');
  const fromUrl = decodeForm(search);
  if (!hasBody(request)) return fromUrl;
  if (request.method === 'GET') throw refuse.badRequest('a GET request must not have a body');
  return withBody(request, fromUrl);
}

function hasBody({ headers }: IncomingMessage): boolean {
  const length = headers['content-length'];
  return headers['transfer-encoding'] !== undefined || (length !== undefined && Number(length) !== 0);
}

async function withBody(request: IncomingMessage, fromUrl: GivenParams): Promise<GivenParams> {
  if (mediaType(request) !== 'application/x-www-form-urlencoded') {
    throw refuse.unsupportedMediaType('the body must be application/x-www-form-urlencoded', {
      location: 'header Content-Type',
    });
  }
  const encoding = request.headers['content-encoding']?.trim().toLowerCase();
  if (encoding !== undefined && encoding !== '' && encoding !== 'identity') {
    throw refuse.unsupportedMediaType('the body must not be compressed', {
      location: 'header Content-Encoding',
    });
  }
  const body = await readBody(request, MAX_BODY_BYTES);
  if (!isUtf8(body)) throw refuse.badRequest('the body is not valid UTF-8');
  const fromBody = decodeForm(body.toString('utf8'));
  for (let i = 0; i < fromUrl.length; i += 2) {
    const name = fromUrl[i] as string;
    for (let j = 0; j < fromBody.length; j += 2) {
      if (fromBody[j] === name) {
        throw refuse.badRequest(`the parameter ${quoted(name)} is given in the URL and in the body`, {
          location: name,
        });
      }
    }
  }
  return [...fromUrl, ...fromBody];
}

/**
 * Decodes `a=b&c=d` as the URL standard says (https://url.spec.whatwg.org/#urlencoded-parsing), except that bytes
 * that are no UTF-8, bad escapes and NUL are refused where the standard replaces them.
 */
export function decodeForm(text: string): string[] {
  const params: string[] = [];
  for (let start = 0; start < text.length;) {
    let end = text.indexOf('&', start);
    if (end === -1) end = text.length;
    if (end > start) {
      if (params.length >= MAX_PARAMS * 2) throw refuse.badRequest(`more than ${MAX_PARAMS} parameters`);
      const equals = text.indexOf('=', start);
      const hasValue = equals !== -1 && equals < end;
      params.push(
        decode(text.slice(start, hasValue ? equals : end)),
        hasValue ? decode(text.slice(equals + 1, end)) : '',
      );
    }
    start = end + 1;
  }
  return params;
}

function decode(encoded: string): string {
  let text = encoded;
  if (text.includes('+')) text = text.replaceAll('+', ' ');
  if (text.includes('%')) {
    try {
      text = decodeURIComponent(text);
    } catch {
      throw refuse.badRequest(`${quoted(encoded)} is not valid percent-encoded UTF-8`);
    }
  }
  if (text.includes('\0')) throw refuse.badRequest('a parameter holds a NUL character');
  return text;
}

/** A client's own text within a message, cut to a length that is fit for a log. */
export const quoted = (text: string): string =>
  JSON.stringify(text.length > 64 ? `${text.slice(0, 64)}…` : text);
