// Sends what is known of the use of credentials to control-plane, every few seconds and when the process ends.
import type { UsageReport } from '@obstack/contracts/internal';
import type { Logger } from '@obstack/service-kit/logger';
import type { Usage } from './usage.ts';

const EVERY_MS = 3_000;

export interface UsageReporter {
  /** Sends what is left, once: a control-plane that is away now does not get it. */
  close(): Promise<void>;
}

/** @param send rejects when control-plane did not take it, and within seconds */
export function reportUsage(
  usage: Usage,
  send: (report: UsageReport) => Promise<void>,
  log: Logger,
): UsageReporter {
  let sending: Promise<void> | undefined;
  let isFailing = false;

  async function sendAll(): Promise<void> {
    for (let report = usage.take(); report; report = usage.take()) {
      try {
        await send(report);
        isFailing = false;
      } catch (error) {
        usage.giveBack(report);
        if (!isFailing) log.warn({ err: error }, 'control-plane does not take the usage report; it is kept');
        isFailing = true;
        return;
      }
    }
  }

  const sendOnce = (): Promise<void> => (sending ??= sendAll().finally(() => (sending = undefined)));
  const timer = setInterval(() => void sendOnce(), EVERY_MS).unref();
  return {
    async close() {
      clearInterval(timer);
      await sending;
      await sendOnce();
    },
  };
}
