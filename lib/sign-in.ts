import { randomBytes } from 'node:crypto';
import { createBetterAuthSignIn, prepareSignIn } from '#lib/adapters/better-auth-sign-in.ts';
import type { Env } from '#lib/env.ts';
import type { Log } from '#lib/platform/deps.ts';
import type { SignIn } from '#lib/platform/sign-in.ts';
import { keepMeta, setMeta, takeMeta } from '#lib/store/meta.ts';
import type { Store } from '#lib/store/store.ts';

export interface People {
  signIn: SignIn;
  /** The token of the link that makes the first account; null when there is one. */
  setUpToken: () => Promise<string | null>;
}

/** For `openStore`: the tables of people and sessions, made while no other process opens the store. */
export const preparePeople =
  (log: Log) =>
  ({ db, engine }: Store): Promise<void> =>
    prepareSignIn({ db: db as never, engine, log });

/** Sign-in on the store. What signs the cookies is made once and kept in it, so that a restart or a second process ends no session. */
export async function openPeople(store: Store, env: Env, log: Log): Promise<People> {
  const secret = await keepMeta(store.db, 'sign_in_secret', randomBytes(32).toString('base64url'));
  const signIn = createBetterAuthSignIn(
    { db: store.db as never, engine: store.engine, secret, secure: env.publicUrl?.startsWith('https:') === true, log },
    { put: (key, value) => setMeta(store.db, key, value), take: (key, expected) => takeMeta(store.db, key, expected) },
  );
  return { signIn, setUpToken: signIn.setUpToken };
}
