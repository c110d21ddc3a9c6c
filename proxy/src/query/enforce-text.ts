/**
 * First look at a query, character by character, before any grammar sees it.
 *
 * The grammars we parse with (lezer) and the parsers of the stores (Go) disagree at the edges: where a comment
 * ends (`\r`), which escapes a string may hold, what counts as white space, whether a string may stay open.
 * Each such edge could hide a selector from one of the two. So this accepts only what both read alike: strict
 * strings, ASCII outside of them, and no comments at all: they are blanked out, so that nothing that is parsed,
 * spliced or forwarded contains one.
 */
import { QueryRefused } from './enforce-error.ts';

/** Longest query accepted, in UTF-16 code units: parsing is linear, and one long query must not hold up the others. */
export const MAX_QUERY_LENGTH = 32_768;

/** Deepest nesting of (), [] and {} accepted. */
export const MAX_BRACKET_DEPTH = 100;

/** What differs between the languages before grammar comes in. */
export type Lexis = {
  /** Characters that open and close a string with escapes. A backtick always opens a raw string. */
  quotes: string;
  /** `go`: every escape of a Go string. `plain`: only a backslash and the quote may be escaped. */
  escapes: 'go' | 'plain';
  /** `hash`: `#` to the end of the line. `slash`: those of Go. */
  comments: 'hash' | 'slash';
};

export type QueryText = {
  /** The query with comments blanked: same length, same offsets, nothing else changed. */
  text: string;
  /** Offsets of every `{` outside strings, rising. */
  braces: number[];
  /** Offsets of every string with its quotes, start and end in turn, rising. */
  strings: number[];
};

const TAB = 9;
const NEWLINE = 10;
const RETURN = 13;
const SPACE = 32;
const HASH = 35;
const STAR = 42;
const SLASH = 47;
const BACKSLASH = 92;
const BACKTICK = 96;
const TILDE = 126;
const MICRO = 0xb5;

/** By code, the characters that open and close nothing in any of the languages. */
const isPlain = Uint8Array.from({ length: 128 }, (_, code) =>
  /[\w \t\n\r!$%&*+,.:;<=>?@\\^|~-]/.test(String.fromCharCode(code)) ? 1 : 0,
);

/**
 * Reads `query` under the rules above.
 * @throws QueryRefused for a query that is too long, nested too deep, or that two lexers could read in two ways.
 */
export function readQuery(query: string, lexis: Lexis, maxLength = MAX_QUERY_LENGTH): QueryText {
  if (query.length > maxLength) {
    throw new QueryRefused(
      'too_long',
      query,
      maxLength,
      `the query is ${query.length} characters long; shorten it to ${maxLength}`,
    );
  }
  const braces: number[] = [];
  const strings: number[] = [];
  const open: number[] = [];
  let text = '';
  let copied = 0;

  for (let at = 0; at < query.length;) {
    const code = query.charCodeAt(at);
    if (isPlain[code] === 1) {
      at += 1;
      continue;
    }
    if (code === BACKTICK || (code < 128 && lexis.quotes.includes(query.charAt(at)))) {
      strings.push(at);
      at = endOfString(query, at, code, lexis);
      strings.push(at);
      continue;
    }
    const commentEnd = endOfComment(query, at, code, lexis);
    if (commentEnd > at) {
      // The line break that ends a comment stays, so that positions in a store's own messages stay right.
      text += query.slice(copied, at) + ' '.repeat(commentEnd - at);
      copied = commentEnd;
      at = commentEnd;
      continue;
    }
    if ((code < SPACE || code > TILDE) && code !== MICRO) {
      throw new QueryRefused(
        'parse_error',
        query,
        at,
        `unexpected character ${name(query, at)}: outside strings only printable ASCII is allowed, so quote it`,
      );
    }
    bracket(query, at, query.charAt(at), open);
    if (query.charAt(at) === '{') braces.push(at);
    at += 1;
  }
  const unclosed = open.at(-1);
  if (unclosed !== undefined) {
    throw new QueryRefused('parse_error', query, unclosed, `close this "${query.charAt(unclosed)}"`);
  }
  return { text: copied === 0 ? query : text + query.slice(copied), braces, strings };
}

const CLOSER: Record<string, string> = { '(': ')', '[': ']', '{': '}' };

function bracket(query: string, at: number, char: string, open: number[]): void {
  if (char in CLOSER) {
    open.push(at);
    if (open.length > MAX_BRACKET_DEPTH) {
      throw new QueryRefused(
        'too_deep',
        query,
        at,
        `nested deeper than ${MAX_BRACKET_DEPTH}: simplify the query`,
      );
    }
  } else if (char === ')' || char === ']' || char === '}') {
    const opened = open.pop();
    if (opened === undefined || CLOSER[query.charAt(opened)] !== char) {
      throw new QueryRefused('parse_error', query, at, `unexpected "${char}": nothing open to close`);
    }
  }
}

/** End of the comment that starts at `at`, or `at` when none does. */
function endOfComment(query: string, at: number, code: number, lexis: Lexis): number {
  if (lexis.comments === 'hash') {
    if (code === SLASH && (query.charCodeAt(at + 1) === SLASH || query.charCodeAt(at + 1) === STAR)) {
      // Loki skips these as comments, which no documentation says and our grammar does not know.
      throw new QueryRefused('parse_error', query, at, 'write comments as "# …"');
    }
    return code === HASH ? endOfLine(query, at) : at;
  }
  if (code !== SLASH) return at;
  const next = query.charCodeAt(at + 1);
  if (next !== SLASH && next !== STAR) return at;
  // Tempo reads `.a//b` as one attribute name; only after one of these is it sure to be a comment.
  if (at > 0 && !' \t\r\n{}()=~!<>&|^,'.includes(query.charAt(at - 1))) {
    throw new QueryRefused(
      'parse_error',
      query,
      at,
      'put a space before the comment, or quote the attribute name',
    );
  }
  if (next === SLASH) return endOfLine(query, at);
  const end = query.indexOf('*/', at + 2);
  if (end === -1) throw new QueryRefused('parse_error', query, at, 'this comment is never closed: add "*/"');
  return end + 2;
}

/** Prometheus ends a comment at a lone `\r` too, the others and the grammars do not. */
function endOfLine(query: string, from: number): number {
  for (let at = from; at < query.length; at += 1) {
    const code = query.charCodeAt(at);
    if (code === NEWLINE) return at;
    if (code !== RETURN) continue;
    if (query.charCodeAt(at + 1) === NEWLINE) return at;
    throw new QueryRefused(
      'parse_error',
      query,
      at,
      'end the comment with a line feed, not a lone carriage return',
    );
  }
  return query.length;
}

/** Offset after the string that opens at `start`. */
function endOfString(query: string, start: number, quote: number, lexis: Lexis): number {
  const raw = quote === BACKTICK;
  for (let at = start + 1; at < query.length;) {
    const code = query.charCodeAt(at);
    if (code === quote) return at + 1;
    if (code === BACKSLASH && !raw) {
      at = endOfEscape(query, at, quote, lexis);
    } else if (code < SPACE && code !== TAB && !(raw && (code === NEWLINE || code === RETURN))) {
      throw new QueryRefused(
        'parse_error',
        query,
        at,
        `unexpected character ${name(query, at)} in a string: escape it`,
      );
    } else if (code >= 0xd800 && code <= 0xdfff) {
      const point = query.codePointAt(at) ?? 0;
      if (point < 0x10000) {
        throw new QueryRefused(
          'parse_error',
          query,
          at,
          `unexpected character ${name(query, at)}: not valid Unicode`,
        );
      }
      at += 2;
    } else if (code === 127) {
      throw new QueryRefused(
        'parse_error',
        query,
        at,
        `unexpected character ${name(query, at)} in a string: escape it`,
      );
    } else {
      at += 1;
    }
  }
  throw new QueryRefused('parse_error', query, start, 'this string is never closed');
}

const ESCAPE =
  /(?:[abfnrtv\\]|[0-3][0-7]{2}|x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U00(?:0[0-9a-fA-F]|10)[0-9a-fA-F]{4})/y;

function endOfEscape(query: string, at: number, quote: number, lexis: Lexis): number {
  const next = query.charCodeAt(at + 1);
  if (next === quote || next === BACKSLASH) return at + 2;
  if (lexis.escapes === 'go') {
    ESCAPE.lastIndex = at + 1;
    const escape = ESCAPE.exec(query)?.[0];
    if (escape !== undefined && !/^(?:u|U0000)[dD][89a-fA-F]/.test(escape)) return at + 1 + escape.length;
  }
  throw new QueryRefused(
    'parse_error',
    query,
    at,
    'unknown escape in a string: write "\\\\" for a backslash, or put the string in backticks',
  );
}

function name(query: string, at: number): string {
  return `U+${(query.codePointAt(at) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}
