import type { SetUpInput, SignInInput } from '#lib/contract/sign-in.ts';

export interface Person {
  id: string;
  name: string;
}

/** A session that began: who, and the Set-Cookie lines that carry it. */
export interface BegunSession {
  person: Person;
  cookies: string[];
}

/**
 * How people prove who they are, when Canvas is not bound to loopback. Everything rejects with a `CanvasError`:
 * `unauthenticated` (wrong password, a set-up link that does not hold), `conflict` (there is an account already),
 * `rate_limited` with `retry_after_seconds`, `overloaded`, `unavailable` (the store does not answer).
 */
export interface SignIn {
  /** The person of a session cookie; null when there is none that holds. */
  personOf(headers: Headers): Promise<Person | null>;
  /** `from` (here and below): cookie and user agent of the request; `address` is where attempts are counted. */
  signIn(input: SignInInput, from: Headers, address: string): Promise<BegunSession>;
  /** Ends the session of the cookie, if there is one; the Set-Cookie lines take it from the browser. */
  signOut(from: Headers): Promise<string[]>;
  /** Makes the first account and begins its session. */
  setUp(input: SetUpInput, from: Headers, address: string): Promise<BegunSession>;
  /** Whether nobody has an account yet: then the link that was printed at start makes the first one. */
  needsSetUp(): Promise<boolean>;
}
