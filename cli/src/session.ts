/** What a login leaves behind, in a file that only its owner can read. */
import { readFile, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { writePrivateFile } from '@obstack/service-kit/private-file';
import { z } from 'zod';

const Session = z.object({
  url: z.url(),
  token: z.string(),
  /** What a login by password adds, as its token lives for minutes only. */
  renewal: z.object({ expiresAtMs: z.number(), refreshToken: z.string() }).optional(),
});
export type Session = z.infer<typeof Session>;

/** XDG base directory specification. */
export function sessionFile(env: NodeJS.ProcessEnv): string {
  return join(env['XDG_CONFIG_HOME'] || join(homedir(), '.config'), 'obstack', 'session.json');
}

/** Undefined when there is none, or none that can be used. */
export async function readSession(env: NodeJS.ProcessEnv): Promise<Session | undefined> {
  try {
    return Session.parse(JSON.parse(await readFile(sessionFile(env), 'utf8')));
  } catch {
    return undefined;
  }
}

export async function writeSession(env: NodeJS.ProcessEnv, session: Session): Promise<void> {
  await writePrivateFile(sessionFile(env), `${JSON.stringify(session, null, 2)}\n`);
}

export async function removeSession(env: NodeJS.ProcessEnv): Promise<void> {
  await rm(sessionFile(env), { force: true });
}
