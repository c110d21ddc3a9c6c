// `npm run bench`: measures our proxy beside its peers, prints the ratios and keeps the result.
import { RemedyError } from '@obstack/native';
import { runContests } from './run-contests.ts';
import { parseOptions, USAGE } from './options.ts';
import type { Options } from './options.ts';
import { renderMicro, runMicro } from './micro.ts';

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
      const figures = runMicro(options.quick ? 200 : 2_000);
      process.stdout.write(`${options.json ? JSON.stringify(figures, null, 2) : renderMicro(figures)}\n`);
      return 0;
    }
    return (await runContests(options.command, options)) ? 0 : 1;
  } catch (error) {
    if (!(error instanceof RemedyError)) throw error;
    process.stderr.write(`${error.message}\n${error.remedy}\n`);
    return 2;
  }
}

process.exitCode = await main(process.argv.slice(2));
