/** Everything control-plane reads from its environment, once, at start. */
import { internalToken, listenAddress, logLevel, readConfig } from '@obstack/service-kit/config';
import { z } from 'zod';

const schema = z.object({
  CONTROL_PLANE_LISTEN: listenAddress.prefault('127.0.0.1:8081').describe('host:port to listen on'),
  DATABASE_URL: z
    .url({ protocol: /^postgres(ql)?$/, error: 'expected a postgres:// URL' })
    .describe('the PostgreSQL to use, as postgres://user:password@host:5432/obstack'),
  INTERNAL_TOKEN: internalToken,
  ENCRYPTION_KEY: z
    .string()
    .min(32)
    .describe(
      'a random text of at least 32 characters that stays the same for this database (openssl rand -hex 32)',
    ),
  OPERATOR_FILE: z
    .string()
    .min(1)
    .describe('a path; the first start writes the operator credential there, readable by its owner only'),
  LOG_LEVEL: logLevel,
});

export type ControlPlaneConfig = z.output<typeof schema>;

/** @throws ConfigError naming each variable that is wrong and what it should be */
export function readControlPlaneConfig(env: NodeJS.ProcessEnv): ControlPlaneConfig {
  return readConfig(schema, env);
}
