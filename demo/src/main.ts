/**
 * The demo's data: one shop per demo tenant, instrumented with the real OpenTelemetry SDK and a real Prometheus
 * client, open for as long as the process runs. Everything it sends goes through the proxy.
 */
import { context, diag, DiagLogLevel } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { listenAddress, logLevel, readConfig } from '@obstack/service-kit/config';
import { createLogger } from '@obstack/service-kit/logger';
import { closeServer, startService } from '@obstack/service-kit/shutdown';
import { z } from 'zod';
import { readDemoFile } from './demo-file.ts';
import { DEFAULT_STACK_DIR, demoFileIn } from './paths.ts';
import { openShop, type OpenShop } from './shop/open-shop.ts';
import { SHOPS } from './shop/profile.ts';
import { listenForScrapes } from './shop/scrape-listener.ts';

const Environment = z.object({
  OBSTACK_DIR: z.string().default(DEFAULT_STACK_DIR),
  DEMO_LISTEN: listenAddress
    .prefault('127.0.0.1:9465')
    .describe('host:port of the page that Prometheus scrapes'),
  LOG_LEVEL: logLevel,
});

await startService(async () => {
  const env = readConfig(Environment);
  const logger = createLogger({ name: 'demo', level: env.LOG_LEVEL });
  const demoFile = demoFileIn(env.OBSTACK_DIR);
  const demo = await readDemoFile(demoFile);
  if (!demo) throw new Error(`there is no ${demoFile}; the seed writes it`);

  // What the SDK has to say about itself, such as a push that was refused.
  const say =
    (level: 'error' | 'warn') =>
    (message: string, ...details: unknown[]) =>
      logger[level]({ details }, message);
  const silent = () => undefined;
  diag.setLogger(
    { error: say('error'), warn: say('warn'), info: silent, debug: silent, verbose: silent },
    DiagLogLevel.WARN,
  );
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());

  const shops = new Map<string, OpenShop>();
  for (const profile of SHOPS) {
    const tenant = demo.tenants.find(({ name }) => name === profile.tenant);
    if (!tenant) throw new Error(`${demoFile} knows no tenant ${profile.tenant}`);
    const destination = { proxyUrl: demo.proxyUrl, ingestKey: tenant.ingestKey };
    shops.set(profile.tenant, openShop(profile, destination));
  }
  const server = await listenForScrapes(
    env.DEMO_LISTEN,
    new Map([...shops].map(([tenant, shop]) => [tenant, shop.scraped])),
  );
  logger.info({ shops: [...shops.keys()] }, 'the shops are open');

  const close = async () => {
    await closeServer(server);
    await Promise.all([...shops.values()].map((shop) => shop.close()));
  };
  return { logger, close };
});
