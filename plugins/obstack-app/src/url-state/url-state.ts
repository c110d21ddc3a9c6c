/** Page state that lives in the URL: a link shows what its sender saw, and Back goes back. */
import { useCallback, useMemo } from 'react';
import { useSearchParams } from 'react-router-dom';

/** How one value is written in the URL. `null` means that the parameter is absent. */
export interface Param<T> {
  read: (text: string | null) => T;
  write: (value: T) => string | null;
}

export type StateOf<S> = { [Name in keyof S]: S[Name] extends Param<infer T> ? T : never };
// Variance would otherwise keep a Param<'a'> out of a Record<string, Param<…>>.
type Schema = Readonly<Record<string, Param<any>>>;

/** Any text; the default is not written. */
export const text = (fallback = ''): Param<string> => ({
  read: (value) => value ?? fallback,
  write: (value) => (value === fallback ? null : value),
});

/** One of `options`; anything else in the URL counts as the default. */
export const choice = <const T extends string>(options: readonly T[], fallback: NoInfer<T>): Param<T> => ({
  read: (value) => options.find((option) => option === value) ?? fallback,
  write: (value) => (value === fallback ? null : value),
});

/** Several short texts without commas. */
export const list = (): Param<readonly string[]> => ({
  read: (value) => (value ? value.split(',') : []),
  write: (value) => (value.length > 0 ? value.join(',') : null),
});

/** On or off; off is not written. */
export const flag: Param<boolean> = {
  read: (value) => value === '1',
  write: (value) => (value ? '1' : null),
};

export function readState<S extends Schema>(schema: S, params: URLSearchParams): StateOf<S> {
  const entries = Object.entries(schema).map(([name, param]) => [name, param.read(params.get(name))]);
  return Object.fromEntries(entries) as StateOf<S>;
}

/** `params` with the patch in it; parameters of others (`orgId`, `kiosk`, …) stay as they are. */
export function writeState<S extends Schema>(
  schema: S,
  params: URLSearchParams,
  patch: Partial<StateOf<S>>
): URLSearchParams {
  const next = new URLSearchParams(params);
  for (const [name, value] of Object.entries(patch)) {
    const written = schema[name]?.write(value) ?? null;
    if (written === null) {
      next.delete(name);
    } else {
      next.set(name, written);
    }
  }
  return next;
}

export interface SetOptions {
  /** No step for the Back button, as for what changes while somebody looks around. */
  replace?: boolean;
}

/** `schema` must be the same object at each call. */
export function useUrlState<S extends Schema>(schema: S) {
  const [params, setParams] = useSearchParams();
  const state = useMemo(() => readState(schema, params), [schema, params]);
  const setState = useCallback(
    (patch: Partial<StateOf<S>>, { replace = false }: SetOptions = {}) =>
      setParams((current) => writeState(schema, current, patch), { replace }),
    [schema, setParams]
  );
  return [state, setState] as const;
}
