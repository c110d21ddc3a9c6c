/** Redis as it comes in a jar from Maven: one program for each kind of machine. */
import { connect } from 'node:net';

const PROGRAMS: Partial<Record<string, string>> = {
  'linux-x64': 'redis-server-6.2.6-v5-linux-amd64',
  'linux-arm64': 'redis-server-6.2.7-linux-arm64',
  'darwin-x64': 'redis-server-6.2.6-v5-darwin-amd64',
  'darwin-arm64': 'redis-server-6.2.6-v5-darwin-arm64',
};

export const redisProgram = (): string | undefined => PROGRAMS[`${process.platform}-${process.arch}`];

export function missingRedis(): string | undefined {
  if (redisProgram() !== undefined) return undefined;
  return `there is no Redis for ${process.platform} on ${process.arch}. Start one yourself and set REDIS_URL`;
}

/** True once it answers, which it does not while it reads its files. */
export function isRedisReady(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write('PING\r\n'));
    const answer = (isReady: boolean): void => {
      socket.destroy();
      resolve(isReady);
    };
    socket.setTimeout(1000, () => answer(false));
    socket.once('data', (data) => answer(data.toString('latin1').startsWith('+PONG')));
    socket.once('error', () => answer(false));
    socket.once('close', () => answer(false));
  });
}
