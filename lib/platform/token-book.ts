import crypto, { createHash, randomBytes } from 'node:crypto';
import { JOIN_CODE_PREFIX, TOKEN_BYTES, TOKEN_PREFIX_CHARS } from '#lib/contract/access.ts';

/** What is kept of a valid token. The text itself is nowhere. */
export interface BookedToken {
  id: string;
  workspace_id: string;
  created_at: number;
  last_used_at: number | null;
  expires_at: number | null;
}

export type TokenVerdict =
  | { ok: true; token: BookedToken }
  /** `workspace_id` is known when the token was valid once: its workspace is then shown as "token rejected". */
  | { ok: false; why: 'unknown' | 'ended'; workspace_id: string | null };

export interface MintedToken {
  id: string;
  text: string;
  hash: string;
  prefix: string;
}

/** SHA-256 as hex. The one-shot form, which Node has since 20.12, costs a third: every beat is hashed. */
export const hashSecret: (text: string) => string =
  typeof crypto.hash === 'function'
    ? (text) => crypto.hash('sha256', text, 'hex')
    : (text) => createHash('sha256').update(text).digest('hex');

/** 32 random bytes as base64url: a workspace token or an inbound secret (contract §1). */
export function newSecret(): string {
  return randomBytes(TOKEN_BYTES).toString('base64url');
}

export function mintToken(id: string): MintedToken {
  const text = newSecret();
  return { id, text, hash: hashSecret(text), prefix: text.slice(0, TOKEN_PREFIX_CHARS) };
}

/** `join_<workspace id>.<random>`: a person pastes one thing, and the runtime learns its id from it. */
export function newJoinCode(workspaceId: string): string {
  return `${JOIN_CODE_PREFIX}${workspaceId}.${randomBytes(18).toString('base64url')}`;
}

/**
 * Every valid token by its hash, so that a beat is checked without asking the store. Tokens that ended are remembered
 * for as long as the process runs, to tell "was valid once" (shown on the card) from "never was".
 */
export class TokenBook {
  readonly #byHash = new Map<string, BookedToken>();
  readonly #ended = new Map<string, string>();
  readonly #hashesOf = new Map<string, Set<string>>();

  add(hash: string, token: BookedToken): void {
    this.#byHash.set(hash, token);
    const own = this.#hashesOf.get(token.workspace_id) ?? new Set();
    own.add(hash);
    this.#hashesOf.set(token.workspace_id, own);
  }

  rememberEnded(hash: string, workspaceId: string): void {
    this.#ended.set(hash, workspaceId);
  }

  verify(text: string, now: number): TokenVerdict {
    const hash = hashSecret(text);
    const token = this.#byHash.get(hash);
    if (token && (token.expires_at === null || token.expires_at > now)) return { ok: true, token };
    if (token) this.#end(hash, token);
    const workspaceId = this.#ended.get(hash);
    return workspaceId === undefined
      ? { ok: false, why: 'unknown', workspace_id: null }
      : { ok: false, why: 'ended', workspace_id: workspaceId };
  }

  has(workspaceId: string): boolean {
    return (this.#hashesOf.get(workspaceId)?.size ?? 0) > 0;
  }

  /** Whether an older token of the same workspace is still valid: its first use ends them (contract §1). */
  hasOlder(token: BookedToken): boolean {
    for (const hash of this.#hashesOf.get(token.workspace_id) ?? []) {
      const other = this.#byHash.get(hash);
      if (other && other.id !== token.id && other.expires_at !== null && other.created_at <= token.created_at) return true;
    }
    return false;
  }

  /** Sets the overlap: every other token of the workspace ends at `expiresAt` at the latest. */
  expireOthers(workspaceId: string, keepId: string, expiresAt: number): void {
    for (const hash of this.#hashesOf.get(workspaceId) ?? []) {
      const token = this.#byHash.get(hash);
      if (token && token.id !== keepId) token.expires_at = Math.min(token.expires_at ?? expiresAt, expiresAt);
    }
  }

  /** The successor was used: those in their overlap that are older end now. */
  endOlder(token: BookedToken): void {
    for (const hash of [...(this.#hashesOf.get(token.workspace_id) ?? [])]) {
      const other = this.#byHash.get(hash);
      if (other && other.id !== token.id && other.expires_at !== null && other.created_at <= token.created_at) {
        this.#end(hash, other);
      }
    }
  }

  endToken(workspaceId: string, tokenId: string): void {
    for (const hash of [...(this.#hashesOf.get(workspaceId) ?? [])]) {
      const token = this.#byHash.get(hash);
      if (token?.id === tokenId) this.#end(hash, token);
    }
  }

  endAllOf(workspaceId: string): void {
    for (const hash of [...(this.#hashesOf.get(workspaceId) ?? [])]) {
      const token = this.#byHash.get(hash);
      if (token) this.#end(hash, token);
    }
  }

  #end(hash: string, token: BookedToken): void {
    this.#byHash.delete(hash);
    this.#hashesOf.get(token.workspace_id)?.delete(hash);
    this.#ended.set(hash, token.workspace_id);
  }
}
