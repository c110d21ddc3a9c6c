/** Leaving in order: what was started last stops first, within a deadline. */
import type { Server } from 'node:http';
import type { Logger } from './logger.ts';

type Step = () => unknown;

export interface Shutdown {
  /** Registers how to stop something that has just been started. */
  add(name: string, stop: Step): void;
  /**
   * Runs every step, newest first; one that fails or hangs does not keep the others from running.
   * The first call does the work, later ones wait for the same end. Rejects when a step failed.
   */
  run(): Promise<void>;
}

/** @param options.deadlineMs for all steps together */
export function createShutdown(options: { logger: Logger; deadlineMs?: number }): Shutdown {
  const { logger, deadlineMs = 10_000 } = options;
  const steps: { name: string; stop: Step }[] = [];
  let running: Promise<void> | undefined;

  async function stopAll(): Promise<void> {
    const deadline = Date.now() + deadlineMs;
    const failed: string[] = [];
    for (const { name, stop } of steps.splice(0).reverse()) {
      try {
        await within(Math.max(0, deadline - Date.now()), stop);
      } catch (err) {
        failed.push(name);
        logger.error({ err, step: name }, 'shutdown step failed');
      }
    }
    if (failed.length) throw new Error(`could not stop: ${failed.join(', ')}`);
  }

  return {
    add: (name, stop) => void steps.push({ name, stop }),
    run: () => (running ??= stopAll()),
  };
}

/**
 * Starts a process and sees it out. A start that fails prints its message (a person reads it, so no stack) and exits
 * with 1.
 */
export async function startService(
  start: () => Promise<{ logger: Logger; close: () => Promise<unknown> }>,
): Promise<void> {
  try {
    const { logger, close } = await start();
    runService(logger, close);
  } catch (error) {
    process.stderr.write(`${messageOf(error)}\n`);
    process.exit(1);
  }
}

/**
 * Ends the process on SIGTERM or SIGINT through `close`, and at once on the second signal or when `close` takes
 * longer than `deadlineMs`. Exit code 0 when all went well, 1 otherwise.
 */
export function runService(logger: Logger, close: () => Promise<unknown>, deadlineMs = 15_000): void {
  let asked = false;
  const leave = (signal: NodeJS.Signals): void => {
    if (asked) process.exit(1);
    asked = true;
    logger.info({ signal }, 'stopping');
    within(deadlineMs, close).then(
      () => process.exit(0),
      (err: unknown) => {
        logger.error({ err }, 'did not stop cleanly');
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', leave).on('SIGINT', leave);
}

/** Stops accepting, lets requests under way finish, and cuts what is left after `graceMs`. */
export async function closeServer(server: Server, graceMs = 5000): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  const cut = setTimeout(() => server.closeAllConnections(), graceMs);
  await closed;
  clearTimeout(cut);
}

/** Connecting to a name with several addresses fails with one error per address, and no message of its own. */
function messageOf(error: unknown): string {
  if (error instanceof AggregateError && !error.message) return error.errors.map(messageOf).join('; ');
  return error instanceof Error ? error.message : String(error);
}

async function within(ms: number, work: Step): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not done within ${ms} ms`)), ms);
  });
  try {
    await Promise.race([Promise.resolve().then(work), late]);
  } finally {
    clearTimeout(timer);
  }
}
