// `npm run bench`: measures our proxy beside its peers, prints the ratios and keeps the result.
import { LARGE, missed, renderControlPlane, runControlPlane, SMALL } from './control-plane.ts';
import { keep } from './keep.ts';
import { commit, describeMachine } from './machine.ts';
import { RemedyError } from '@obstack/native';
import { runContests } from './run-contests.ts';
import { parseOptions, USAGE } from './options.ts';
import type { Options } from './options.ts';
import { renderMicro, runMicro } from './micro.ts';
import { renderSearch, runSearch, searchFaults } from './search/run.ts';

async function main(args: readonly string[]): Promise<number> {
  let options: Options | undefined;
  try {
    options = parseOptions(args);
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n\n${USAGE}\n`);
    return 2;
  }
  if (!options) {
    process.stdout.write(`${USAGE}\n`);
    return 0;
  }
  try {
    if (options.command === 'micro') {
      const figures = await runMicro(options.quick ? 200 : 2_000);
      process.stdout.write(`${options.json ? JSON.stringify(figures, null, 2) : renderMicro(figures)}\n`);
      return 0;
    }
    if (options.command === 'control-plane') return await benchControlPlane(options);
    if (options.command === 'search') return await benchSearch(options);
    return (await runContests(options.command, options)) ? 0 : 1;
  } catch (error) {
    if (!(error instanceof RemedyError)) throw error;
    process.stderr.write(`${error.message}\n${error.remedy}\n`);
    return 2;
  }
}

async function benchControlPlane({ quick, json }: Options): Promise<number> {
  const about = { at: new Date().toISOString(), commit: commit(), machine: describeMachine() };
  const figures = await runControlPlane(quick ? SMALL : LARGE, (line) => process.stderr.write(`${line}\n`));
  const path = keep('control-plane', about.at, { ...about, ...figures });
  const text = json
    ? JSON.stringify({ ...about, ...figures }, null, 2)
    : `${renderControlPlane(figures)}\n\nKept in ${path}`;
  process.stdout.write(`${text}\n`);
  const faults = missed(figures);
  for (const fault of faults) process.stderr.write(`MISSED: ${fault}\n`);
  return faults.length === 0 ? 0 : 1;
}

async function benchSearch(options: Options): Promise<number> {
  const about = { at: new Date().toISOString(), commit: commit(), machine: describeMachine() };
  const figures = await runSearch(options, (line) => process.stderr.write(`${line}\n`));
  const path = keep('search', about.at, { ...about, ...figures });
  const text = options.json
    ? JSON.stringify({ ...about, ...figures }, null, 2)
    : `${renderSearch(figures)}\n\nKept in ${path}`;
  process.stdout.write(`${text}\n`);
  const faults = searchFaults(figures);
  for (const fault of faults) process.stderr.write(`MISSED: ${fault}\n`);
  return faults.length === 0 ? 0 : 1;
}

process.exitCode = await main(process.argv.slice(2));
