import { z } from 'zod';
import { jsonBytes } from './json-bytes.ts';
import { wellFormed, wellFormedJson } from './well-formed.ts';
import { deliveryModeSchema, workspaceIdSchema } from './workspaces.ts';

const MAX_CARD_BYTES = 64 * 1024;

/** An A2A agent card, kept as the runtime sent it (0.3 or 1.0), made well-formed; only its size is ours to judge. */
export const agentCardSchema = z
  .record(z.string(), z.unknown())
  .refine((card) => jsonBytes(card) <= MAX_CARD_BYTES, `agent_card is larger than ${MAX_CARD_BYTES} bytes`)
  .overwrite(wellFormedJson);

/** Or empty: none. It is shown to other workspaces and to people, so that it must not hold what is secret or looks like something else. */
const agentUrlSchema = z
  .string()
  .max(2048)
  .superRefine((url, context) => {
    const message = wrongWith(url);
    if (message !== null) context.addIssue({ code: 'custom', message });
  })
  .overwrite(wellFormed);

function wrongWith(url: string): string | null {
  if (url === '') return null;
  if (/[\s\p{Cc}]/u.test(url)) return 'an address has no spaces, line breaks or control characters';
  const parsed = URL.canParse(url) ? new URL(url) : null;
  if (parsed?.protocol !== 'http:' && parsed?.protocol !== 'https:') return 'url must be an http or https address';
  if (parsed.username !== '' || parsed.password !== '') return 'leave the user name and the password out: the address is shown to others';
  return null;
}

/** POST /registry/register, with the workspace's token or a join code as bearer. */
export const registerSchema = z
  .object({
    id: workspaceIdSchema,
    /** Where the platform reaches the agent; required for push. */
    url: agentUrlSchema.nullish(),
    agent_card: agentCardSchema.nullish(),
    delivery_mode: deliveryModeSchema.default('push'),
  })
  .refine((body) => body.delivery_mode === 'poll' || Boolean(body.url), {
    path: ['url'],
    error: 'url is required for delivery_mode "push"; send delivery_mode "poll" to fetch messages instead',
  });

export interface RegisterAnswer {
  status: 'registered';
  delivery_mode: 'push' | 'poll';
  /** Only when a join code (or a bare first registration on loopback) was used; shown this once. */
  auth_token?: string;
  platform_inbound_secret: string;
}

/** GET /agent-cards: of those that the caller may talk to, itself not among them, in the order of their ids. */
export const agentCardsQuerySchema = z.object({
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z.string().max(200).optional(),
});
export interface AgentCardPage {
  items: { workspace_id: string; agent_card: Record<string, unknown> }[];
  next: string | null;
}

export const updateCardSchema = z.object({ workspace_id: workspaceIdSchema, agent_card: agentCardSchema });
export const checkAccessSchema = z.object({ caller_id: workspaceIdSchema, target_id: workspaceIdSchema });
export const peersQuerySchema = z.object({ q: z.string().max(200).optional() });

export interface DiscoverAnswer {
  id: string;
  url: string;
  name: string;
}

/** Siblings, children and the parent of a workspace: those it may talk to without going through an ancestor. */
export interface Peer {
  id: string;
  name: string;
  role: string | null;
  status: string;
  parent_id: string | null;
  active_tasks: number;
  agent_card: Record<string, unknown> | null;
}
