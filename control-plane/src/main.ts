import { createLogger } from '@obstack/service-kit/logger';
import { startService } from '@obstack/service-kit/shutdown';
import { createControlPlane } from './app.ts';
import { readControlPlaneConfig } from './config.ts';

await startService(async () => {
  const config = readControlPlaneConfig(process.env);
  const logger = createLogger({ name: 'control-plane', level: config.LOG_LEVEL });
  const { close } = await createControlPlane(config, { logger });
  return { logger, close };
});
