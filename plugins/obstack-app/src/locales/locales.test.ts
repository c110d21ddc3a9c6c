/**
 * The English file holds exactly the keys and texts of the source, so that translators see all there is.
 * `npm run i18n` writes it.
 */
import { readdirSync, readFileSync, writeFileSync } from 'fs';
import { join } from 'path';
import ts from 'typescript';

const SRC = join(__dirname, '..');

const PLUGINS = [
  {
    id: 'obstack-app',
    folders: [
      'admin',
      'app',
      'charts',
      'completion',
      'config-page',
      'connection',
      'overview',
      'related',
      'search',
      'states',
      'streams',
      'trace',
    ],
    at: 'locales',
  },
  {
    id: 'obstack-datasource',
    folders: ['datasource', 'completion', 'connection', 'search', 'streams'],
    at: 'datasource/locales',
  },
];

describe.each(PLUGINS)('the English texts of $id', ({ id, folders, at }) => {
  const file = join(SRC, at, 'en-US', `${id}.json`);
  const texts = new Map(folders.flatMap((folder) => sourcesIn(join(SRC, folder)).flatMap(textsIn)).sort());

  it('are those of the source', () => {
    if (process.env.UPDATE_LOCALES) {
      writeFileSync(file, `${JSON.stringify(nested(texts), null, 2)}\n`);
    }
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(nested(texts));
  });

  it('have one text for each key', () => {
    const all = folders.flatMap((folder) => sourcesIn(join(SRC, folder)).flatMap(textsIn));
    const different = all.filter(([key, text]) => texts.get(key) !== text);
    expect(different).toEqual([]);
  });
});

function sourcesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name) && !/\.test\.tsx?$/.test(name))
    .map((name) => join(folder, name));
}

/** `t('key', 'text')` and `<Trans i18nKey="key">text</Trans>`. */
function textsIn(path: string): Array<[string, string]> {
  const found: Array<[string, string]> = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && node.expression.getText() === 't') {
      const [key, text] = node.arguments;
      if (key && text && ts.isStringLiteralLike(key) && ts.isStringLiteralLike(text)) {
        found.push([key.text, text.text]);
      } else {
        throw new Error(`${path}: t() takes its key and its text as plain strings: ${node.getText()}`);
      }
    }
    if (ts.isJsxElement(node) && node.openingElement.tagName.getText() === 'Trans') {
      const key = /i18nKey="([^"]+)"/.exec(node.openingElement.getText())?.[1];
      const text = node.children
        .map((child) => child.getText())
        .join('')
        .replace(/\s+/g, ' ')
        .trim();
      found.push([key!, text]);
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest, true, ts.ScriptKind.TSX));
  return found;
}

/** `a.b.c` as objects within objects, as i18next reads it. */
function nested(texts: ReadonlyMap<string, string>) {
  const root: Record<string, unknown> = {};
  for (const [key, text] of texts) {
    const path = key.split('.');
    const last = path.pop()!;
    let at = root;
    for (const part of path) {
      const next = (at[part] ??= {});
      if (typeof next !== 'object') {
        throw new Error(`${key}: one key is another's parent`);
      }
      at = next as Record<string, unknown>;
    }
    if (typeof at[last] === 'object') {
      throw new Error(`${key}: one key is another's parent`);
    }
    at[last] = text;
  }
  return root;
}
