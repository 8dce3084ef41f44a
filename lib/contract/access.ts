import { z } from 'zod';

/** GET /workspaces/:id/tokens: what may be known of a token after the moment it was made. */
export interface TokenRow {
  id: string;
  /** First 8 characters, to tell tokens apart. */
  prefix: string;
  created_at: number;
  last_used_at: number | null;
  /** When it stops being valid by itself (a rotated one: 10 minutes, or the first use of its successor); null: never. */
  expires_at: number | null;
}

/** POST /workspaces/:id/tokens: shown this once. `rotate` makes every older token of the workspace end with the overlap. */
export const createTokenSchema = z.object({ rotate: z.boolean().default(false) });
export interface CreatedToken {
  auth_token: string;
  workspace_id: string;
  token_id: string;
}

/** POST /workspaces/:id/join-codes: one use, 15 minutes; given to register as a bearer. */
export interface JoinCode {
  join_code: string;
  workspace_id: string;
  expires_at: number;
}

export const TOKEN_BYTES = 32;
export const TOKEN_PREFIX_CHARS = 8;
/** How long a rotated token stays valid when its successor is not used, in milliseconds (contract §1). */
export const ROTATION_OVERLAP_MS = 10 * 60_000;
export const JOIN_CODE_TTL_MS = 15 * 60_000;
/** Join codes are told from tokens by this prefix, so that a log or a person can. */
export const JOIN_CODE_PREFIX = 'join_';
