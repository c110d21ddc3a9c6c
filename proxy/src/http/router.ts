// The closed list of what this process answers. A request matches one declared route exactly, or nothing:
// no prefixes, no catch-all, no normalisation of the path (isolation classes 5 and 7). A static path is
// compared byte for byte, so an encoded or dotted spelling of it is simply another, unlisted path.
import type { Exchange } from './exchange.ts';
import type { ErrorDialect } from './refusal.ts';

export interface Route {
  readonly method: 'GET' | 'POST';
  /** `/a/b` or `/a/{name}/b`; a `{name}` stands for exactly one non-empty segment. */
  readonly path: string;
  /** How refusals on this route are written; each API's clients understand their own shape. */
  readonly errors: ErrorDialect;
  handle(exchange: Exchange): Promise<void>;
}

export type Match =
  | { readonly kind: 'found'; readonly route: Route; readonly params: Readonly<Record<string, string>> }
  | { readonly kind: 'wrong-method'; readonly allow: readonly string[]; readonly errors: ErrorDialect }
  | { readonly kind: 'unlisted' };

type Methods = Map<string, Route>;

interface Template {
  readonly segments: readonly string[];
  readonly pattern: RegExp;
  readonly names: readonly string[];
  readonly methods: Methods;
}

const NO_PARAMS: Readonly<Record<string, string>> = Object.freeze({});
const UNLISTED: Match = Object.freeze({ kind: 'unlisted' });

export class Router {
  readonly #static = new Map<string, Methods>();
  readonly #templates: Template[] = [];

  /** Throws when two routes could both match one request. */
  constructor(routes: readonly Route[]) {
    for (const route of routes) this.#add(route);
    this.#refuseOverlaps();
  }

  /** @param path the raw path of the request target, still percent-encoded, without the query string */
  match(method: string, path: string): Match {
    const methods = this.#static.get(path);
    if (methods) return choose(methods, method, NO_PARAMS);
    for (const template of this.#templates) {
      const found = template.pattern.exec(path);
      if (!found) continue;
      const params = decodeParams(template.names, found);
      return params ? choose(template.methods, method, params) : UNLISTED;
    }
    return UNLISTED;
  }

  #add(route: Route): void {
    const isTemplate = route.path.includes('{');
    let methods: Methods | undefined;
    if (isTemplate) {
      let template = this.#templates.find((known) => known.segments.join('/') === route.path);
      if (!template) {
        template = compile(route.path);
        this.#templates.push(template);
      }
      methods = template.methods;
    } else {
      methods = this.#static.get(route.path) ?? new Map<string, Route>();
      this.#static.set(route.path, methods);
    }
    if (methods.has(route.method)) throw new Error(`route declared twice: ${route.method} ${route.path}`);
    methods.set(route.method, route);
  }

  #refuseOverlaps(): void {
    const all = [
      ...this.#templates.map((template) => template.segments),
      ...[...this.#static.keys()].map((path) => path.split('/')),
    ];
    for (const [index, a] of all.entries()) {
      for (const b of all.slice(index + 1)) {
        if (overlap(a, b)) throw new Error(`routes overlap: ${a.join('/')} and ${b.join('/')}`);
      }
    }
  }
}

const isParam = (segment: string): boolean => segment.startsWith('{');

function overlap(a: readonly string[], b: readonly string[]): boolean {
  return (
    a.length === b.length &&
    a.every((segment, i) => segment === b[i] || isParam(segment) || isParam(b[i] ?? ''))
  );
}

function compile(path: string): Template {
  const segments = path.split('/');
  const source = segments
    .map((segment) => (isParam(segment) ? '([^/]+)' : segment.replaceAll('.', '\\.')))
    .join('/');
  return {
    segments,
    pattern: new RegExp(`^${source}$`),
    names: segments.filter(isParam).map((segment) => segment.slice(1, -1)),
    methods: new Map(),
  };
}

function choose(methods: Methods, method: string, params: Readonly<Record<string, string>>): Match {
  const route = methods.get(method);
  if (route) return { kind: 'found', route, params };
  const errors = methods.values().next().value?.errors ?? 'problem';
  return { kind: 'wrong-method', allow: [...methods.keys()], errors };
}

/** Decodes once. What still holds a slash, a control character or dots alone is no segment: unlisted. */
function decodeParams(names: readonly string[], found: RegExpExecArray): Record<string, string> | undefined {
  const params: Record<string, string> = {};
  for (const [index, name] of names.entries()) {
    let value: string;
    try {
      value = decodeURIComponent(found[index + 1] ?? '');
    } catch {
      return undefined;
    }
    // eslint-disable-next-line no-control-regex -- control characters are what is looked for
    if (value === '.' || value === '..' || /[/\\\u0000-\u001f\u007f]/.test(value)) return undefined;
    params[name] = value;
  }
  return params;
}
