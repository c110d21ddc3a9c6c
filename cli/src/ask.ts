/** Asks people at a terminal, and reads what scripts pipe in. */
import { createInterface } from 'node:readline/promises';
import { text } from 'node:stream/consumers';
import { Writable } from 'node:stream';
import { CliError } from './report.ts';

/** The first line of standard input, for secrets that must not stand in a list of processes. */
export async function lineFromInput(): Promise<string> {
  const [line = ''] = (await text(process.stdin)).split(/\r?\n/);
  if (line === '') throw new CliError('Standard input was empty; pipe it in, as `… < file`.');
  return line;
}

/** @param secret is not shown while it is typed */
export async function ask(question: string, secret = false): Promise<string> {
  if (!process.stdin.isTTY) {
    throw new CliError(
      `There is no terminal to ask for the ${question.toLowerCase()}; see --help for other ways.`,
    );
  }
  process.stderr.write(`${question}: `);
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({
    input: process.stdin,
    output: secret ? silent : process.stderr,
    terminal: true,
  });
  try {
    return await lines.question('');
  } finally {
    lines.close();
    if (secret) process.stderr.write('\n');
  }
}
