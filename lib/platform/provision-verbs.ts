import { z } from 'zod';
import { CanvasError } from '#lib/contract/errors.ts';
import { workspaceIdSchema } from '#lib/contract/workspaces.ts';
import { setDesired } from '#lib/store/workspaces.ts';
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

/** What an operator wants is in the store before the answer; a platform that dies right after still does it. */
const want = (desired: 'running' | 'stopped', name: string) => ({
  name,
  input: byId,
  allow: allowProvisioned,
  run: async ({ now, tx, deps }: { now: number; tx: Parameters<typeof setDesired>[0]; deps: Deps }, { id }: { id: string }) => {
    await setDesired(tx, id, desired, now);
    return {
      result: { id, desired },
      events: [],
      audit: { workspace_id: id, detail: { desired } },
      committed: () => deps.fleet.replaceRow(id, { ...deps.fleet.get(id).row, desired }),
    };
  },
});

export const startWorkspace = writeVerb({
  ...want('running', 'startWorkspace'),
  afterwards: (deps, { id }, _input, actor) => void deps.keeper.start(id, eventActorOf(actor)),
});

export const stopWorkspace = writeVerb({
  ...want('stopped', 'stopWorkspace'),
  afterwards: (deps, { id }, _input, actor) => void deps.keeper.stop(id, eventActorOf(actor)),
});

export const workspaceLog = readVerb({
  name: 'workspaceLog',
  input: byId.and(z.object({ lines: z.coerce.number().int().min(1).max(2000).default(200) })),
  allow: allowProvisioned,
  run: async ({ deps }, { id, lines }) => ({ lines: (await deps.provisioner?.log(id, lines)) ?? [] }),
});
