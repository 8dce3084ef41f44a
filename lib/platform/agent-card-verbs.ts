import { z } from 'zod';
import { CanvasError } from '#lib/contract/errors.ts';
import { type AgentCardPage, agentCardsQuerySchema } from '#lib/contract/registry.ts';
import { workspaceIdSchema } from '#lib/contract/workspaces.ts';
import { platformCard } from '#lib/domain/a2a-card.ts';
import { mayTalk } from '#lib/domain/hierarchy.ts';
import { decodeCursor, encodeCursor } from '#lib/domain/page-cursor.ts';
import { allowOperator, allowReach } from './allow.ts';
import type { Deps } from './deps.ts';
import type { LiveWorkspace } from './fleet.ts';
import { readVerb } from './verb.ts';

const BY_ID = 'agent-cards';

export const agentCard = readVerb({
  name: 'agentCard',
  input: z.object({ id: workspaceIdSchema }),
  allow: allowReach,
  run: ({ deps }, { id }) => {
    const live = deps.fleet.get(id);
    const card = cardAt(deps, live);
    if (card) return card;
    throw new CanvasError(
      'not_found',
      `Workspace ${live.row.name} has no agent card yet. Its runtime gives one when it registers; POST /registry/update-card replaces it.`,
    );
  },
});

/** A page at a time: a card may be long, and taking the secrets out of thousands would hold everything else up. */
export const agentCards = readVerb({
  name: 'agentCards',
  input: agentCardsQuerySchema,
  allow: (actor) => {
    if (actor.kind !== 'workspace') allowOperator(actor);
  },
  run: ({ actor, deps }, { limit, cursor }): AgentCardPage => {
    const after = cursor === undefined ? '' : idOf(cursor);
    const ids = Array.from(deps.fleet.all(), ({ row }) => row)
      .filter((row) => row.agent_card !== null && row.id > after)
      .map(({ id }) => id)
      .filter((id) => actor.kind !== 'workspace' || (id !== actor.id && mayTalk(actor.id, id, deps.fleet.parentOf)))
      .sort();
    const items = ids.slice(0, limit).flatMap((workspace_id) => {
      const agent_card = cardAt(deps, deps.fleet.get(workspace_id));
      return agent_card ? [{ workspace_id, agent_card }] : [];
    });
    const last = ids.length > limit ? ids[limit - 1] : undefined;
    return { items, next: last === undefined ? null : encodeCursor(BY_ID, { rank: null, text: '', id: last }) };
  },
});

function idOf(cursor: string): string {
  const from = decodeCursor(BY_ID, cursor);
  if (from) return from.id;
  throw new CanvasError('bad_request', 'This cursor is none of this list. Ask for the first page again, without a cursor.');
}

function cardAt(deps: Deps, { row }: LiveWorkspace): Record<string, unknown> | null {
  if (row.agent_card === null) return null;
  return platformCard(row.agent_card, `${deps.options.publicUrl()}/workspaces/${encodeURIComponent(row.id)}/a2a`);
}
