// Cuts a query into words: the only thing that knows of white space, quotes and the signs around a field.
import { SearchQueryError } from './search-query-error.ts';

export interface Word {
  /** Offset of its first character, the `-` included. */
  readonly at: number;
  readonly isExcluded: boolean;
  /** Undefined for free text. */
  readonly field: { readonly name: string; readonly isAttribute: boolean; readonly at: number } | undefined;
  readonly value: Value;
}

export interface Value {
  readonly at: number;
  readonly text: string;
  readonly isQuoted: boolean;
}

const SPACE = /[ \t\r\n]/;
const BARE = /[^ \t\r\n"]+/y;
/** `@` says that it is an attribute, whatever it is called. */
const FIELD = /(@?)([A-Za-z_][\w./-]*):/y;

export function wordsOf(query: string): Word[] {
  refuseUnprintable(query);
  const words: Word[] = [];
  for (let at = 0; at < query.length;) {
    if (SPACE.test(query.charAt(at))) {
      at += 1;
      continue;
    }
    const { word, end } = readWord(query, at);
    words.push(word);
    at = end;
  }
  return words;
}

/** What no store's language may have in a string; a query has no use for it either. */
function refuseUnprintable(query: string): void {
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  const found = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]|\p{Cs}/u.exec(query);
  if (!found) return;
  throw new SearchQueryError(
    found.index,
    'a control character, or half of a character',
    'remove it, or search for what stands beside it',
  );
}

function readWord(query: string, at: number): { word: Word; end: number } {
  const isExcluded = query.charAt(at) === '-' && /[^\s-]/.test(query.charAt(at + 1));
  let here = isExcluded ? at + 1 : at;
  FIELD.lastIndex = here;
  const match = FIELD.exec(query);
  const isUrl = match !== null && query.startsWith('//', FIELD.lastIndex);
  const field =
    match && !isUrl ? { name: match[2] as string, isAttribute: match[1] === '@', at: here } : undefined;
  if (field) here = FIELD.lastIndex;
  const { value, end } = readValue(query, here);
  if (field && value.text === '') {
    throw new SearchQueryError(
      here,
      `"${field.name}:" has no value`,
      `write what it should be, without a space: ${field.name}:value; for the text itself: "${field.name}:"`,
    );
  }
  return { word: { at, isExcluded, field, value }, end };
}

function readValue(query: string, at: number): { value: Value; end: number } {
  if (query.charAt(at) !== '"') {
    BARE.lastIndex = at;
    const text = BARE.exec(query)?.[0] ?? '';
    return { value: { at, text, isQuoted: false }, end: at + text.length };
  }
  let text = '';
  for (let here = at + 1; here < query.length; here += 1) {
    const char = query.charAt(here);
    if (char === '"') {
      if (text !== '') return { value: { at, text, isQuoted: true }, end: here + 1 };
      throw new SearchQueryError(at, 'there is nothing between these quotes', 'remove them, or fill them in');
    }
    const next = query.charAt(here + 1);
    if (char === '\\' && (next === '"' || next === '\\')) {
      text += next;
      here += 1;
    } else if (/[\t\r\n]/.test(char)) {
      throw new SearchQueryError(here, 'a line break or a tab within quotes', 'write a space, or two words');
    } else {
      text += char;
    }
  }
  throw new SearchQueryError(at, 'this quote is never closed', 'add " at the end; a quote itself is \\"');
}
