import { createLogger } from '@obstack/service-kit/logger';
import { startService } from '@obstack/service-kit/shutdown';
import { createProxy } from './app.ts';
import { readProxyConfig } from './config.ts';

await startService(async () => {
  const config = readProxyConfig(process.env);
  const logger = createLogger({ name: 'proxy', level: config.LOG_LEVEL });
  const proxy = await createProxy(config, { log: logger });
  logger.info(proxy.urls, 'proxy is listening');
  return { logger, close: () => proxy.close() };
});
