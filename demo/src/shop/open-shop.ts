/** Wires one shop together and sends visitors in until told to stop. */
import { setTimeout as delay } from 'node:timers/promises';
import { exponential } from './chance.ts';
import type { ShopProfile } from './profile.ts';
import { createScrapedMetrics, type ScrapedMetrics } from './scraped-metrics.ts';
import { createService } from './service.ts';
import { createShop } from './shop.ts';
import { createShopTelemetry } from './telemetry.ts';
import { isIncident, loadFactor } from './weather.ts';

/** More at once than this would be a fault of ours, not a busy day. */
const MAX_VISITORS = 50;

export interface OpenShop {
  scraped: ScrapedMetrics;
  /** Sends the last visitor home, then what is left in the batches. */
  close(): Promise<void>;
}

export function openShop(
  profile: ShopProfile,
  destination: { proxyUrl: string; ingestKey: string },
): OpenShop {
  const scraped = createScrapedMetrics();
  const telemetry = createShopTelemetry(profile, destination);
  const service = (name: string) => createService(name, telemetry.forService(name), scraped);
  const opened = Date.now();
  const elapsed = () => Date.now() - opened;
  const shop = createShop(
    profile,
    {
      frontend: service('frontend'),
      checkout: service('checkout'),
      payment: service('payment'),
      inventory: service('inventory'),
    },
    scraped,
    () => isIncident(elapsed()),
  );

  const closing = new AbortController();
  const visitors = new Set<Promise<void>>();
  const letVisitorsIn = async () => {
    for (;;) {
      const perSecond = profile.requestsPerSecond * loadFactor(elapsed());
      await delay(exponential(1000 / perSecond), undefined, { signal: closing.signal });
      if (visitors.size >= MAX_VISITORS) continue;
      const visitor = shop.visit().finally(() => visitors.delete(visitor));
      visitors.add(visitor);
    }
  };
  // Ends by the abort, and only so.
  const doorman = letVisitorsIn().catch(() => undefined);

  return {
    scraped,
    async close() {
      closing.abort();
      await doorman;
      await Promise.all(visitors);
      await telemetry.shutdown();
    },
  };
}
