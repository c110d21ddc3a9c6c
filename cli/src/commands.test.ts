import { describe, expect, it } from '@jest/globals';
import { publicEndpoints } from '@obstack/contracts';
import type { Command } from 'commander';
import { COMMANDS, WITHOUT_COMMAND } from './commands.ts';
import { createProgram } from './program.ts';

const all = (command: Command): Command[] => [command, ...command.commands.flatMap(all)];

const unquoted = (word: string) => word.replace(/^(['"])(.*)\1$/, '$2');

describe('the commands', () => {
  it('cover every endpoint, or say why not', () => {
    const covered = [...COMMANDS.map(({ endpoint }) => endpoint), ...Object.keys(WITHOUT_COMMAND)];
    expect(covered.toSorted()).toEqual(publicEndpoints.map(({ id }) => id).toSorted());
  });

  it('have examples that are commands', () => {
    for (const { example, group, verb } of COMMANDS) {
      const words = example
        .replace(/ > .*/, '')
        .match(/'[^']*'|"[^"]*"|\S+/g)!
        .slice(1)
        .map(unquoted);
      expect(words.slice(0, 2)).toEqual([group, verb]);
      const program = createProgram();
      for (const command of all(program)) command.exitOverride().action(() => undefined);
      expect(() => program.parse(words, { from: 'user' })).not.toThrow();
    }
  });

  it('take no secret as an option', () => {
    const secret = /password|secret|token/;
    const flags = all(createProgram()).flatMap(({ options }) => options.map(({ long }) => long ?? ''));
    expect(flags.filter((flag) => secret.test(flag) && !flag.endsWith('-stdin'))).toEqual([]);
  });
});
