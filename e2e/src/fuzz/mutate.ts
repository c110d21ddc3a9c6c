/** Spoils valid queries in the ways that have fooled parsers before, and makes up texts that were never queries. */

/** Fragments at which two readers of one language tend to part. */
const fragments = [
  ...'{}()[]"\'`#/*|&!<>=~,.:@$^+-%\\_0 \t\n\r'.split(''),
  ...[
    '{}',
    '()',
    '""',
    '``',
    '//',
    '/*',
    '*/',
    '||',
    '&&',
    '>>',
    '<<',
    '!~',
    '=~',
    '!=',
    '==',
    '|=',
    '|~',
    '|>',
  ],
  ...[
    '\\"',
    '\\\\',
    '\\x41',
    '\\u0041',
    '\\U0010FFFF',
    '\\777',
    '\\d',
    '\\\n',
    '"\n"',
    '"}{"',
    '`}{`',
    "'}{'",
  ],
  ...[
    '\u0000',
    '\u0007',
    '\u007f',
    '\u0085',
    '\u00a0',
    '\u00b5',
    '\u2028',
    '\u2029',
    '\ufeff',
    '\ufffd',
    '\ud800',
    'é',
    '😀',
  ],
  ...[
    ' or ',
    ' and ',
    ' unless ',
    ' offset 5m',
    ' offset -5m',
    ' @ start()',
    ' @ 1',
    ' bool ',
    ' by (a) ',
    ' on (a) ',
  ],
  ...[
    'info(',
    'absent(',
    'sum(',
    'rate(',
    'WITH (',
    'variants(',
    ') of (',
    'fill(0)',
    ' smoothed',
    ' anchored',
    'step()',
  ],
  ...[
    '[5m]',
    '[5m:]',
    '[1001ms]',
    '0x1f',
    '1e3',
    'Inf',
    'NaN',
    '5m',
    '1_000',
    '{__name__=~".+"}',
    '{"a.b"}',
    'tenant_id=""',
  ],
  ...[
    'tenant_id=~".*"',
    '"tenant_id"="x"',
    '| json',
    '| drop tenant_id',
    '| label_format tenant_id="x"',
    '| count() > 1',
  ],
  ...[
    '| by(.a)',
    '| rate()',
    'by(.a)',
    'count() > 1',
    '.tenant_id',
    'span.tenant_id',
    'parent.a',
    '."a b"',
    '$x',
    '${x}',
  ],
  ...[
    '#\n',
    '# }\r',
    '// }\n',
    '/* } */',
    'nestedSetParent',
    'constructor',
    '__proto__',
    'resource.tenant_id="x"',
  ],
];

/** One to four random edits of `query`. `others` are queries to borrow pieces from. */
export function mutate(query: string, others: readonly string[], rng: Rng): string {
  let text = query;
  for (let edits = between(rng, 1, 4); edits > 0; edits -= 1) {
    const at = between(rng, 0, text.length);
    const end = Math.min(text.length, at + between(rng, 0, 8));
    text = pick(rng, [
      () => text.slice(0, at) + pick(rng, fragments) + text.slice(at),
      () => text.slice(0, at) + pick(rng, fragments) + text.slice(at),
      () => text.slice(0, at) + text.slice(end),
      () => text.slice(0, at) + pick(rng, fragments) + text.slice(end),
      () => text.slice(0, end) + text.slice(at),
      () => text.slice(0, at),
      () => {
        const other = pick(rng, others);
        return text.slice(0, at) + other.slice(between(rng, 0, other.length)) + text.slice(end);
      },
      () => text.toUpperCase(),
    ])();
  }
  return text.slice(0, 4_000);
}

/** A text of random code units, weighted towards ASCII. */
import { between, pick } from '@obstack/proxy/testing';
import type { Rng } from '@obstack/proxy/testing';
export function noise(rng: Rng): string {
  return Array.from({ length: between(rng, 0, 60) }, () =>
    rng() < 0.5 ? pick(rng, fragments) : String.fromCharCode(between(rng, 0, rng() < 0.9 ? 127 : 0xffff)),
  ).join('');
}
