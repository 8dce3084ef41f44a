import { z } from 'zod';
import { plainLine } from './plain-line.ts';

/** Personal API tokens are told from others by this prefix. */
export const API_TOKEN_PREFIX = 'canvas_';

/** POST /api-tokens: a token that may do what its person may, for the command line and for programs. Shown this once. */
export const createApiTokenSchema = z.object({ name: plainLine(100) });
export interface CreatedApiToken {
  api_token: string;
  id: string;
  name: string;
}

/** GET /api-tokens: one's own. */
export interface ApiTokenRow {
  id: string;
  name: string;
  prefix: string;
  created_at: number;
  last_used_at: number | null;
}
