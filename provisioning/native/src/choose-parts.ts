/** Which parts a command line asks for. */
import { type Part, type PartName, parts } from './parts.ts';
import { RemedyError } from './remedy-error.ts';

/** What `--with` takes. */
export const optionalNames = [...new Set(parts.flatMap((part) => part.optional ?? []))];

/**
 * The parts of a plain start, or those listed; with what is asked for besides, and without the demo if so wished.
 * @throws RemedyError for an unknown name in `with`; those in `parts` are for the stack to judge
 */
export function chooseParts(
  wanted: { parts?: string | undefined; with?: string | undefined; demo: boolean },
  env: NodeJS.ProcessEnv = process.env,
): PartName[] {
  const extras = split(wanted.with ?? '');
  const unknown = extras.find((name) => !optionalNames.includes(name));
  if (unknown !== undefined) {
    throw new RemedyError(
      `there is nothing optional called "${unknown}"`,
      `Choose from: ${optionalNames.join(', ')}.`,
    );
  }
  // Control-plane could not start without it.
  if (env['AUTH_METHOD'] === 'keycloak') extras.push('keycloak');
  const isExtra = ({ optional }: Part) => optional !== undefined && extras.includes(optional);
  const listed = wanted.parts === undefined ? undefined : split(wanted.parts);
  const isUsual = ({ name, optional }: Part) => (listed ? listed.includes(name) : optional === undefined);
  const chosen = parts.filter((part) => isExtra(part) || isUsual(part)).map(({ name }) => name);
  const unknownParts = (listed ?? []).filter(
    (name) => !parts.some((part) => part.name === name),
  ) as PartName[];
  const isDemo = (name: PartName) => parts.find((part) => part.name === name)?.group === 'demo';
  return [...chosen, ...unknownParts].filter((name) => wanted.demo || !isDemo(name));
}

function split(list: string): string[] {
  return list
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean);
}
