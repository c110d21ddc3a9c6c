/**
 * Strict parsing with a lezer grammar, into a list that is quick to walk and to compare.
 * Three things end a parse: an error anywhere, a node outside the language's closed list, and depth.
 */
import type { LRParser } from '@lezer/lr';
import { QueryRefused } from './enforce-error.ts';

/** Deepest tree accepted. Far below the 2,500 at which lezer starts to leave out inner nodes. */
export const MAX_TREE_DEPTH = 1_000;

/** A syntax tree in preorder: node `i` has type id `types[i]` and spans `froms[i]` to `tos[i]`. */
export type FlatTree = { types: number[]; froms: number[]; tos: number[] };

/** A grammar together with the node types that enforcement understands. */
export type Grammar = {
  /** Language name for messages. */
  language: string;
  /**
   * Parses the whole of `text` or throws QueryRefused, whose message quotes `shown`: the same query at the same
   * offsets, when the grammar had to be given another text.
   */
  parse: (text: string, shown?: string) => FlatTree;
  /** Type id of a node name; throws when the grammar has none, so that an upgrade cannot silently disarm a check. */
  id: (name: string) => number;
};

/**
 * Restricts `parser` to the node types in `known`. Any other node is refused, with the reason in `refused` if it
 * names one, so new syntax stays out until somebody has looked at it.
 */
export function closedGrammar(
  language: string,
  parser: LRParser,
  known: string,
  refused: Record<string, string>,
): Grammar {
  const strict = parser.configure({ strict: true });
  const nodeTypes = strict.nodeSet.types;
  const idOf = (name: string): number => {
    const [type, another] = nodeTypes.filter((each) => each.name === name);
    if (type === undefined || another !== undefined) {
      throw new Error(`the ${language} grammar does not have exactly one node type ${name}`);
    }
    return type.id;
  };
  const isKnown = new Uint8Array(nodeTypes.length);
  for (const name of known.trim().split(/\s+/)) isKnown[idOf(name)] = 1;

  const parse = (text: string, shown = text): FlatTree => {
    const tree: FlatTree = { types: [], froms: [], tos: [] };
    const cursor = parseStrictly(strict, text, shown, language).cursor();
    for (let depth = 0; ;) {
      const type = cursor.type;
      if (isKnown[type.id] !== 1) {
        const reason = refused[type.name] ?? `"${type.name}" is not supported yet`;
        throw new QueryRefused('unsupported', shown, cursor.from, reason);
      }
      tree.types.push(type.id);
      tree.froms.push(cursor.from);
      tree.tos.push(cursor.to);
      if (cursor.firstChild()) {
        depth += 1;
        if (depth > MAX_TREE_DEPTH) {
          throw new QueryRefused(
            'too_deep',
            shown,
            cursor.from,
            'too many nested or chained operations: split the query',
          );
        }
        continue;
      }
      while (!cursor.nextSibling()) {
        if (!cursor.parent()) return tree;
        depth -= 1;
      }
    }
  };
  return { language, parse, id: idOf };
}

/**
 * Offset of the first string that only one of the two readers sees, or sees elsewhere; undefined when there is none.
 * @param stringType the grammar's node type of strings
 * @param strings as `readQuery` gives them
 */
export function findOtherString(
  { types, froms, tos }: FlatTree,
  stringType: number,
  strings: readonly number[],
): number | undefined {
  let next = 0;
  for (let node = 0; node < types.length; node += 1) {
    if (types[node] !== stringType) continue;
    if (froms[node] !== strings[next] || tos[node] !== strings[next + 1]) return froms[node];
    next += 2;
  }
  return strings[next];
}

function parseStrictly(
  parser: LRParser,
  text: string,
  shown: string,
  language: string,
): ReturnType<LRParser['parse']> {
  try {
    const tree = parser.parse(text);
    if (tree.length === text.length) return tree;
  } catch (error) {
    // lezer tells the place only in the message of its SyntaxError.
    const at = error instanceof SyntaxError ? /\d+$/.exec(error.message)?.[0] : undefined;
    if (at === undefined) throw error;
    let offset = Number(at);
    while (offset < text.length && text.charCodeAt(offset) <= 32) offset += 1;
    const found =
      offset < text.length ? `unexpected "${shown.slice(offset, offset + 12)}"` : 'unexpected end of query';
    // lezer gives up on very deep stacks, such as those of some hundred chained operations, with the same error.
    const hint = offset > 2_000 ? ', or too long a chain of operations' : '';
    throw new QueryRefused('parse_error', shown, offset, `${found}: not valid ${language}${hint}`);
  }
  throw new QueryRefused('parse_error', shown, text.length, `not valid ${language}`);
}
