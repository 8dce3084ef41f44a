import { z } from 'zod';
import { CanvasError } from '#lib/contract/errors.ts';
import { workspaceIdSchema } from '#lib/contract/workspaces.ts';
import { platformCard } from '#lib/domain/a2a-card.ts';
import { mayTalk } from '#lib/domain/hierarchy.ts';
import { allowOperator, allowReach } from './allow.ts';
import type { Deps } from './deps.ts';
import type { LiveWorkspace } from './fleet.ts';
import { readVerb } from './verb.ts';

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

/** Of those that the caller may talk to, itself not among them. */
export const agentCards = readVerb({
  name: 'agentCards',
  input: z.object({}),
  allow: (actor) => {
    if (actor.kind !== 'workspace') allowOperator(actor);
  },
  run: ({ actor, deps }) =>
    Array.from(deps.fleet.all())
      .filter(({ row }) => actor.kind !== 'workspace' || (row.id !== actor.id && mayTalk(actor.id, row.id, deps.fleet.parentOf)))
      .flatMap((live) => {
        const agent_card = cardAt(deps, live);
        return agent_card ? [{ workspace_id: live.row.id, agent_card }] : [];
      }),
});

function cardAt(deps: Deps, { row }: LiveWorkspace): Record<string, unknown> | null {
  if (row.agent_card === null) return null;
  return platformCard(row.agent_card, `${deps.options.publicUrl()}/workspaces/${encodeURIComponent(row.id)}/a2a`);
}
