import { type BetterAuthPlugin, betterAuth } from 'better-auth';
import { getMigrations } from 'better-auth/db/migration';
import { CanvasError } from '#lib/contract/errors.ts';
import type { SetUpInput, SignInInput } from '#lib/contract/sign-in.ts';
import { ADDRESS_HEADER, type BetterAuthParts, betterAuthOptions, INNER_URL } from './better-auth-options.ts';
import { firstAccount } from './first-account.ts';
import { SetUpLink, type Shelf } from './set-up-link.ts';

/** Passwords are slow to check on purpose: more at once than this would keep the machine from its work. */
const AT_ONCE = 8;

interface Begun {
  person: { id: string; name: string };
  cookies: string[];
}

/** Makes the tables of the sign-in library, or brings them up to date. Run it while no other process opens the store. */
export async function prepareSignIn(parts: Pick<BetterAuthParts, 'db' | 'engine' | 'log'>): Promise<void> {
  const { runMigrations } = await getMigrations(betterAuthOptions({ ...parts, secret: 'x'.repeat(32), secure: false }, []));
  await runMigrations();
}

/** Sign-in by password with better-auth: sessions are rows of our store, their cookie is HttpOnly and SameSite=Lax. */
export function createBetterAuthSignIn(parts: BetterAuthParts, shelf: Shelf) {
  const link = new SetUpLink(shelf);
  let settledIn = false;
  let busy = 0;

  const needsSetUp = async (): Promise<boolean> => {
    if (settledIn) return false;
    const { adapter } = await auth.$context;
    // Accounts, not users: see the plugin.
    settledIn = (await adapter.count({ model: 'account' })) > 0;
    return !settledIn;
  };
  const plugins: BetterAuthPlugin[] = [firstAccount(link, needsSetUp)];
  const auth = betterAuth(betterAuthOptions(parts, plugins));

  const ask = async (path: string, body: unknown, from: Headers, address: string): Promise<Response> => {
    const headers = new Headers({ 'content-type': 'application/json', [ADDRESS_HEADER]: address });
    for (const name of ['cookie', 'user-agent']) {
      const value = from.get(name);
      if (value !== null) headers.set(name, value.slice(0, 4096));
    }
    return auth.handler(new Request(`${INNER_URL}/api/auth${path}`, { method: 'POST', headers, body: JSON.stringify(body) }));
  };

  const begin = async (path: string, body: unknown, from: Headers, address: string): Promise<Begun> => {
    if (busy >= AT_ONCE) throw new CanvasError('overloaded', 'Too many people sign in at this moment. Try again in a second.');
    busy += 1;
    try {
      const response = await ask(path, body, from, address);
      if (!response.ok) {
        if (response.status < 500) parts.log('warn', 'a sign-in was refused', { address, status: response.status });
        throw refusalOf(response, path);
      }
      const { user } = (await response.json()) as { user: { id: string; name: string } };
      return { person: { id: user.id, name: user.name }, cookies: response.headers.getSetCookie() };
    } finally {
      busy -= 1;
    }
  };

  return {
    needsSetUp,
    /** The token of a new set-up link; null when somebody has an account. */
    async setUpToken(): Promise<string | null> {
      return (await needsSetUp()) ? link.renew() : null;
    },
    async personOf(headers: Headers): Promise<{ id: string; name: string } | null> {
      if (!headers.has('cookie')) return null;
      const found = await auth.api
        .getSession({ headers: new Headers({ cookie: headers.get('cookie') ?? '' }) })
        .catch((thrown: unknown) => {
          parts.log('error', 'a session could not be read', { why: String(thrown) });
          throw new CanvasError('unavailable', 'The store does not answer, so it cannot be told who you are. Try again in a moment.');
        });
      return found && { id: found.user.id, name: found.user.name };
    },
    signIn: (input: SignInInput, from: Headers, address: string) => begin('/sign-in/email', input, from, address),
    setUp: (input: SetUpInput, from: Headers, address: string) => begin('/set-up', input, from, address),
    async signOut(from: Headers): Promise<string[]> {
      return (await ask('/sign-out', {}, from, '127.0.0.1')).headers.getSetCookie();
    },
  };
}

function refusalOf(response: Response, path: string): CanvasError {
  if (response.status === 429) {
    const seconds = Number(response.headers.get('x-retry-after') ?? 60);
    return new CanvasError('rate_limited', `Too many attempts. Try again in ${seconds} s.`, { retry_after_seconds: seconds });
  }
  if (response.status >= 500)
    return new CanvasError('unavailable', 'The store does not answer, so nobody can sign in right now. Try again in a moment.');
  if (path !== '/set-up') return new CanvasError('unauthenticated', 'The e-mail address or the password is wrong.');
  return response.status === 409
    ? new CanvasError('conflict', 'The first account was made already. Sign in with it.')
    : new CanvasError(
        'unauthenticated',
        'This set-up link is not valid any more. Canvas prints a new one each time it starts, until the first account exists.',
      );
}
