import { createHash, randomBytes } from 'node:crypto';

/** A few values that outlive the process. `take` removes a value that is as expected, and says whether it was: once only. */
export interface Shelf {
  put(key: string, value: string): Promise<void>;
  take(key: string, expected: string): Promise<boolean>;
}

const KEY = 'set_up_token_hash';
const hashOf = (token: string) => createHash('sha256').update(token).digest('hex');

/** The one-time token of the set-up link: 32 random bytes, of which the store knows the SHA-256 only. */
export class SetUpLink {
  readonly #shelf: Shelf;

  constructor(shelf: Shelf) {
    this.#shelf = shelf;
  }

  /** A new one; the one before it, if any, is worth nothing from now on. */
  async renew(): Promise<string> {
    const token = randomBytes(32).toString('base64url');
    await this.#shelf.put(KEY, hashOf(token));
    return token;
  }

  /** Runs `work` when the token holds, which uses it up unless the work fails. Null when it does not hold. */
  async spend<T>(token: string, work: () => Promise<T>): Promise<T | null> {
    const hash = hashOf(token);
    if (!(await this.#shelf.take(KEY, hash))) return null;
    try {
      return await work();
    } catch (thrown) {
      await this.#shelf.put(KEY, hash);
      throw thrown;
    }
  }
}
