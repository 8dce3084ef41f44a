import { z } from 'zod';
import { CanvasError } from '#lib/contract/errors.ts';
import { workspaceIdSchema } from '#lib/contract/workspaces.ts';
import type { setDesired } from '#lib/store/workspaces.ts';
import { type Actor, eventActorOf } from './actor.ts';
import { allowOperator } from './allow.ts';
import type { Deps } from './deps.ts';
import { readVerb, writeVerb } from './verb.ts';

const byId = z.object({ id: workspaceIdSchema });

function allowProvisioned(actor: Actor, { id }: { id: string }, deps: Deps): void {
  allowOperator(actor);
  const { row } = deps.fleet.get(id);
  if (row.provisioner !== 'none' && deps.provisioner?.kind === row.provisioner) return;
  throw new CanvasError(
    'conflict',
    `Canvas did not start workspace ${id}, so it cannot start or stop it, or read its output. Do it where it runs.`,
  );
}

/** The blunt halves of a restart: `stop` is a pause that waits for nothing and takes nobody along, `start` a resume. */
const half = (kind: 'pause' | 'resume', name: string) => ({
  name,
  input: byId,
  allow: allowProvisioned,
  run: async (
    { actor, now, tx, deps }: { actor: Actor; now: number; tx: Parameters<typeof setDesired>[0]; deps: Deps },
    { id }: { id: string },
  ) => {
    const desired = kind === 'pause' ? ('stopped' as const) : ('running' as const);
    const live = deps.fleet.get(id);
    const there = kind === 'pause' ? live.facts.status === 'paused' : live.instance?.state === 'running' && live.facts.status !== 'paused';
    const audit = { workspace_id: id, detail: { desired } };
    if (there && !deps.runs.of(id)) return { result: { id, desired, run: null as string | null }, events: [], audit, committed: () => {} };
    const request = {
      workspaceId: id,
      kind,
      origin: 'request' as const,
      actor: eventActorOf(actor),
      deadlineSeconds: kind === 'pause' ? 0 : null,
    };
    const begun = await deps.runs.beginIn(tx, { ...request, force: kind === 'pause' }, now);
    return { result: { id, desired, run: begun.id as string | null }, events: begun.events, audit, committed: begun.commit };
  },
});

export const startWorkspace = writeVerb(half('resume', 'startWorkspace'));

export const stopWorkspace = writeVerb(half('pause', 'stopWorkspace'));

export const workspaceLog = readVerb({
  name: 'workspaceLog',
  input: byId.and(z.object({ lines: z.coerce.number().int().min(1).max(2000).default(200) })),
  allow: allowProvisioned,
  run: async ({ deps }, { id, lines }) => ({ lines: (await deps.provisioner?.log(id, lines)) ?? [] }),
});
