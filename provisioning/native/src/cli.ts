/** `npm start`, `npm stop` and `npm run status`. */
import { spawn } from 'node:child_process';
import { openSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { tryLock } from './lock.ts';
import { chooseParts, optionalNames } from './choose-parts.ts';
import { parts } from './parts.ts';
import { repositoryDir } from './paths.ts';
import { goneWithin, isAlive, signalGroup } from './processes.ts';
import { FREE_PORTS } from './ports.ts';
import { RemedyError } from './remedy-error.ts';
import { cleanUpLeftovers, type StackOptions, startStack } from './stack.ts';
import { prepareFolders, readState } from './state.ts';
import { summary } from './summary.ts';
import { describer, type Message, Terminal } from './terminal.ts';

const usage = `Usage: npm start [-- options]     start the whole stack and watch it; Ctrl-C ends it
       npm stop                  end a stack, wherever it was started from
       npm run status            say what runs, and where

Options of start
  --detach           return once it is ready and leave it running
  --parts a,b        only these parts: ${parts.map((part) => part.name).join(', ')}
  --no-demo          without the demo tenants and their telemetry
  --with a,b         also these, which a plain start leaves out: ${optionalNames.join(', ')}
                     (AUTH_METHOD=keycloak in the environment means --with keycloak)
  --with-grafana     downloads Grafana where there is neither GRAFANA_HOME, nor a grafana on PATH, nor a
                     Docker engine
Options of all
  --dir <folder>     the stack's folder (default: .obstack in the clone)
  --help

Where a usual port is taken, another one is used: of those that OBSTACK_FREE_PORTS=<first>-<last> says, or else of ${FREE_PORTS}.`;

/** How the process behind `--detach` knows that its parent listens. */
const REPORT = 'OBSTACK_REPORT_TO_PARENT';
type Report = { message: Message } | { started: string } | { failed: string };

const terminal = new Terminal(process.stdout);

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    allowNegative: true,
    options: {
      detach: { type: 'boolean', default: false },
      parts: { type: 'string' },
      demo: { type: 'boolean', default: true },
      with: { type: 'string' },
      'with-grafana': { type: 'boolean', default: false },
      dir: { type: 'string', default: process.env['OBSTACK_DIR'] ?? join(repositoryDir, '.obstack') },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const [command, ...rest] = positionals;
  const dir = resolve(values.dir);
  if (values.help || command === undefined || rest.length > 0) {
    terminal.say(usage);
    return values.help ? 0 : 2;
  }
  if (command === 'start') {
    if (values.detach) return startDetached(dir);
    return start({ dir, parts: chooseParts(values), fetchGrafana: values['with-grafana'] });
  }
  if (command === 'stop') return stop(dir);
  if (command === 'status') return status(dir);
  throw new RemedyError(`there is no command "${command}"`, usage);
}

/** Runs the stack in this process until a signal or a parent's wish ends it. */
async function start(options: StackOptions): Promise<number> {
  const { dir } = options;
  const report = reporter();
  const interrupted = interruption();
  const describe = describer(relative(process.cwd(), join(dir, 'logs')) || '.');
  terminal.say(`Obstack starts in ${dir}`);
  const startedAt = Date.now();
  const onProgress = (event: Parameters<typeof describe>[0]) => {
    const message = describe(event);
    terminal.show(message);
    report({ message });
  };
  try {
    const stack = await startStack({ ...options, onProgress, signal: interrupted.signal });
    const ready = `Ready in ${((Date.now() - startedAt) / 1000).toFixed(1)} s.\n${summary(stack)}`;
    terminal.say(ready);
    report({ started: ready });
    if (process.env[REPORT] === undefined) terminal.say('Ctrl-C ends it.');
    await interrupted.happened;
    terminal.say('\nStopping…');
    await stack.stop();
    terminal.say('Stopped. The data stays for the next start.');
    return 0;
  } catch (error) {
    if (interrupted.signal.aborted) {
      terminal.say('\nStopped before it was ready.');
      return 130;
    }
    report({ failed: explain(error) });
    throw error;
  }
}

/** Aborts at the first request to end; later ones are ignored for the stop is under way and has deadlines of its own. */
function interruption(): { signal: AbortSignal; happened: Promise<void> } {
  const controller = new AbortController();
  const happened = new Promise<void>((done) => {
    controller.signal.addEventListener('abort', () => done(), { once: true });
  });
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => controller.abort(new Error(`ended by ${name}`)));
  }
  if (process.env['npm_lifecycle_event'] !== undefined && process.env[REPORT] === undefined) {
    // npm passes a SIGTERM on to the shell between us only, and that just dies: then nobody is left to end us.
    const parent = process.ppid;
    const check = () => process.ppid !== parent && controller.abort(new Error('npm has ended'));
    setInterval(check, 500).unref();
  }
  return { signal: controller.signal, happened };
}

function reporter(): (report: Report) => void {
  if (process.env[REPORT] === undefined) return () => undefined;
  return (report) => {
    if (process.connected) process.send?.(report, undefined, undefined, () => undefined);
  };
}

/** Starts the same command in the background and shows what it reports until it is ready. */
async function startDetached(dir: string): Promise<number> {
  prepareFolders(dir);
  const log = openSync(join(dir, 'logs', 'stack.log'), 'a', 0o600);
  const args = process.argv.slice(2).filter((argument) => argument !== '--detach');
  const child = spawn(process.execPath, [fileURLToPath(import.meta.url), ...args], {
    detached: true,
    stdio: ['ignore', log, log, 'ipc'],
    env: { ...process.env, [REPORT]: '1' },
  });
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => child.kill('SIGTERM'));
  return new Promise((done, fail) => {
    child.on('error', fail);
    child.on('message', (report: Report) => {
      if ('message' in report) terminal.show(report.message);
      if ('failed' in report) terminal.say(report.failed);
      if ('started' in report) {
        terminal.say(report.started);
        terminal.say('It runs in the background; `npm stop` ends it.');
        child.disconnect();
        child.unref();
        done(0);
      }
    });
    child.on('exit', (code) => done(code ?? 1));
  });
}

async function stop(dir: string): Promise<number> {
  const { supervisor } = readState(dir);
  if (supervisor && isAlive(supervisor)) {
    terminal.say(`Stopping the stack in ${dir}…`);
    process.kill(supervisor.pid, 'SIGTERM');
    if (!(await goneWithin(supervisor, 90_000))) {
      terminal.say('  ! it did not stop in time and is ended the hard way');
      signalGroup(supervisor.pid, 'SIGKILL');
      await goneWithin(supervisor, 5_000);
    }
  }
  const held = tryLock(join(dir, 'stack.lock'));
  if (!held) throw new RemedyError(`a stack is just starting in ${dir}`, 'Run `npm stop` again in a moment.');
  const left = await cleanUpLeftovers(dir);
  held.release();
  if (left.length > 0) terminal.say(`Ended what was left behind: ${left.join(', ')}.`);
  terminal.say(supervisor ? 'Stopped. The data stays for the next start.' : `No stack runs in ${dir}.`);
  return 0;
}

function status(dir: string): number {
  const state = readState(dir);
  if (!state.supervisor || !isAlive(state.supervisor)) {
    terminal.say(`No stack runs in ${dir}. Start it with \`npm start\`.`);
    return 3; // as `systemctl status` and LSB have it for "not running"
  }
  const since = state.startedAt ? ` since ${state.startedAt}` : '';
  terminal.say(`${state.ready ? 'Running' : 'Starting'}${since} (pid ${state.supervisor.pid}) in ${dir}`);
  for (const [name, identity] of Object.entries(state.processes)) {
    const how = isAlive(identity) ? `pid ${identity.pid}` : 'down, being restarted';
    terminal.say(`  ${name.padEnd(16)}${how.padEnd(24)}${state.urls[name] ?? ''}`);
  }
  return 0;
}

function explain(error: unknown): string {
  const remedy = error instanceof RemedyError ? `\n  → ${error.remedy}` : '';
  return `✗ ${error instanceof Error ? error.message : String(error)}${remedy}`;
}

try {
  process.exitCode = await main();
} catch (error) {
  terminal.say(explain(error));
  process.exitCode = 1;
}
// Whatever a failed start may have left open must not hold the terminal.
await sleep(0);
process.exit();
