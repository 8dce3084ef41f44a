import { z } from 'zod';
import { wellFormed } from './well-formed.ts';

/** All memories of one workspace together, in bytes of UTF-8; a write beyond it is refused with 413. */
export const MAX_MEMORY_BYTES = 1024 * 1024;
/** Each counts as so many bytes at least: a row has its cost, however little is in it. */
export const MIN_MEMORY_BYTES = 256;

/** What a workspace remembers. Scrubbed of secrets before it is kept. */
export interface MemoryRow {
  id: string;
  workspace_id: string;
  content: string;
  scope: string;
  created_at: number;
}

/** POST /workspaces/:id/memories. Only LOCAL is kept: another scope is refused, not silently made smaller. */
export const commitMemorySchema = z.object({
  content: z
    .string()
    .min(1)
    .overwrite(wellFormed)
    .refine((content) => content.trim() !== '', 'there is nothing to remember'),
  scope: z.string().max(20).default('LOCAL'),
});

/** GET /workspaces/:id/memories: newest first; `q`: every word of it is in the memory, any case. */
export const recallMemoriesSchema = z.object({
  q: z.string().max(500).optional(),
  scope: z.string().max(20).optional(),
  limit: z.coerce.number().int().min(1).max(500).default(50),
});
