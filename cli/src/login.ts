/** Signing in and out, and one's own password. */
import type { Command } from 'commander';
import { createClient } from '@obstack/contracts/client';
import { ask, lineFromInput } from './ask.ts';
import { connect } from './connection.ts';
import { signedIn } from './keep-alive.ts';
import { type Globals, print } from './run.ts';
import { readSession, removeSession, sessionFile, writeSession } from './session.ts';

interface LoginOptions extends Globals {
  email?: string;
  passwordStdin?: boolean;
  tokenStdin?: boolean;
}

export function addLogin(program: Command): void {
  const login = program.command('login');
  login
    .summary('Sign in, and stay signed in')
    .description(
      'Sign in by e-mail address and password, or keep an API token. What it keeps only you can read.',
    )
    .option('--email <address>', 'asked for when left out')
    .option('--password-stdin', 'read the password from standard input instead of asking')
    .option('--token-stdin', 'keep the API token (obo_…) on standard input instead')
    .copyInheritedSettings(program)
    .addHelpText(
      'after',
      `
Examples:
  obstack login --url https://obstack.example.com
  obstack login --token-stdin < operator-token.txt`,
    )
    .action(() => signIn(login.optsWithGlobals<LoginOptions>()));

  const logout = program.command('logout');
  logout
    .description('End the session, and forget it')
    .copyInheritedSettings(program)
    .action(() => signOut());

  const password = program.command('password');
  password
    .summary('Change your own password')
    .description('Change your own password; ends your other sessions')
    .copyInheritedSettings(program)
    .action(async () => {
      const { api } = await connect(password.optsWithGlobals<Globals>());
      const currentPassword = await ask('Current password', true);
      const newPassword = await ask('New password', true);
      await api.changePassword({ body: { currentPassword, newPassword } });
      print('Changed.');
    });
}

async function signIn({ url: given, email, passwordStdin, tokenStdin }: LoginOptions): Promise<void> {
  const { url } = await connect({ url: given });
  const session = tokenStdin
    ? { url, token: await lineFromInput() }
    : await byPassword(url, email ?? (await ask('E-mail')), passwordStdin ?? false);
  const me = await createClient({ baseUrl: url, token: session.token }).getMe();
  await writeSession(process.env, session);
  print(`Signed in at ${url} as ${me.email}; kept in ${sessionFile(process.env)}.`);
}

async function byPassword(url: string, email: string, fromInput: boolean) {
  const password = fromInput ? await lineFromInput() : await ask('Password', true);
  return signedIn(url, (api) => api.login({ body: { email, password } }));
}

async function signOut(): Promise<void> {
  const session = await readSession(process.env);
  if (!session) return print('Nobody was signed in.');
  // An API token has no session that could end; it goes on working for whoever else holds it.
  if (session.renewal) await endSession(session).catch(() => undefined);
  await removeSession(process.env);
  print('Signed out.');
}

/** Not worth an error: the session ends by itself, and the way to it is forgotten in any case. */
async function endSession({ url, token }: { url: string; token: string }): Promise<void> {
  const api = createClient({ baseUrl: url, token });
  const { sessionId } = await api.getMe();
  if (sessionId) await api.endMySession({ params: { sessionId } });
}
