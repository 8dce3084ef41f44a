import { API_TOKEN_PREFIX } from '#lib/contract/api-tokens.ts';
import { hashSecret, newSecret } from './token-book.ts';

/** What is kept in memory of a valid personal API token. The text itself is nowhere. */
export interface BookedApiToken {
  id: string;
  person_id: string;
  person_name: string;
  last_used_at: number | null;
}

/** Characters behind the prefix that may be shown, to tell a person's tokens apart. */
const SHOWN_CHARS = 6;

/** `canvas_` and 32 random bytes; only `hash` and `prefix` are kept. */
export function mintApiToken(): { text: string; hash: string; prefix: string } {
  const text = `${API_TOKEN_PREFIX}${newSecret()}`;
  return { text, hash: hashSecret(text), prefix: text.slice(0, API_TOKEN_PREFIX.length + SHOWN_CHARS) };
}

/** Whether a bearer is meant as a personal API token, valid or not. */
export function looksLikeApiToken(bearer: string): boolean {
  return bearer.startsWith(API_TOKEN_PREFIX);
}

/** Every valid personal API token by its hash, so that a request is checked without asking the store. */
export class ApiTokenBook {
  readonly #byHash = new Map<string, BookedApiToken>();

  add(hash: string, token: BookedApiToken): void {
    this.#byHash.set(hash, token);
  }

  find(text: string): BookedApiToken | null {
    return this.#byHash.get(hashSecret(text)) ?? null;
  }

  end(id: string): void {
    for (const [hash, token] of this.#byHash) if (token.id === id) this.#byHash.delete(hash);
  }
}
