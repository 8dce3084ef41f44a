import { z } from 'zod';
import { CanvasError } from '#lib/contract/errors.ts';
import type { CreateWorkspace } from '#lib/contract/workspaces.ts';
import type { Actor } from './actor.ts';
import { allowOperator } from './allow.ts';
import type { Deps } from './deps.ts';
import { SAMPLE_LABEL, SAMPLE_LEAD, SAMPLE_MEMBERS, type SampleMember } from './sample-team.ts';
import { readVerb } from './verb.ts';
import { createWorkspace, deleteWorkspace } from './workspace-verbs.ts';

const nothing = z.object({});

function members(deps: Deps): string[] {
  return Array.from(deps.fleet.all())
    .filter((live) => live.row.labels[SAMPLE_LABEL] !== undefined)
    .map((live) => live.row.id);
}

export const sampleTeam = readVerb({
  name: 'sampleTeam',
  input: nothing,
  allow: allowOperator,
  run: ({ deps }) => ({ exists: members(deps).length > 0, workspaces: members(deps) }),
});

const asWorkspace = (member: SampleMember, parentId: string | null): CreateWorkspace => ({
  name: member.name,
  role: member.role,
  parent_id: parentId,
  runtime: 'sample',
  provisioner: 'process',
  config: member.config,
  labels: { [SAMPLE_LABEL]: member.key },
});

/** Six real workspaces, one lead and five members. Answers with the team that runs when there is one already. */
export async function startSampleTeam(deps: Deps, actor: Actor): Promise<{ workspaces: string[] }> {
  allowOperator(actor);
  if (!deps.provisioner)
    throw new CanvasError('conflict', 'This Canvas cannot start workspaces on its machine, so there is no sample team.');
  const running = members(deps);
  if (running.length > 0) return { workspaces: running };
  const lead = await createWorkspace(deps, actor, asWorkspace(SAMPLE_LEAD, null));
  const ids = [lead.id];
  for (const member of SAMPLE_MEMBERS) ids.push((await createWorkspace(deps, actor, asWorkspace(member, lead.id))).id);
  return { workspaces: ids };
}

/** Stops and removes the whole team. */
export async function removeSampleTeam(deps: Deps, actor: Actor): Promise<{ removed: string[] }> {
  allowOperator(actor);
  const removed: string[] = [];
  for (const id of members(deps)) {
    if (!deps.fleet.find(id)) continue;
    const result = await deleteWorkspace(deps, actor, { id, confirm: true });
    removed.push(...result.removed.map((workspace) => workspace.id));
  }
  return { removed };
}
