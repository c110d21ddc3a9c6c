import { createLogger } from '@obstack/service-kit/logger';
import { startService } from '@obstack/service-kit/shutdown';
import { readWorkerConfig } from './config.ts';
import { createWorker } from './worker-app.ts';

await startService(async () => {
  const config = readWorkerConfig(process.env);
  const logger = createLogger({ name: 'control-plane-worker', level: config.LOG_LEVEL });
  const { close } = await createWorker(config, logger);
  return { logger, close };
});
