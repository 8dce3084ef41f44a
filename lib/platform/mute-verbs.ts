import { z } from 'zod';
import { CanvasError } from '#lib/contract/errors.ts';
import { createMuteSchema, type Mute } from '#lib/contract/inbox.ts';
import { workspaceIdSchema } from '#lib/contract/workspaces.ts';
import { insertMute, mutesOf, deleteMute as removeMute, type StoredMute } from '#lib/store/mutes.ts';
import { newId } from '#lib/store/new-id.ts';
import { allowOperator } from './allow.ts';
import type { Deps } from './deps.ts';
import { personOf } from './person.ts';
import { writeVerb } from './verb.ts';

/** Each is looked at for every incident that is listed. */
const MAX_MUTES = 200;

export const createMute = writeVerb({
  name: 'createMute',
  input: createMuteSchema,
  allow: (actor, input, deps) => {
    allowOperator(actor);
    if (input.workspace_id) deps.fleet.get(input.workspace_id);
    if (typeof input.until === 'number' && input.until <= deps.now()) {
      throw new CanvasError(
        'bad_request',
        `until: ${input.until} is in the past; give a later time in epoch milliseconds, or leave it out.`,
      );
    }
  },
  run: async ({ actor, deps, now, tx }, { workspace_id = null, kind = null, until = null }) => {
    const { id: personId } = personOf(actor);
    if ((await mutesOf(tx, personId, now)).length >= MAX_MUTES) {
      throw new CanvasError('conflict', `You have ${MAX_MUTES} mutes already. Take back one that you need no more.`);
    }
    const mute: StoredMute = { id: newId(now), workspace_id, kind, created_at: now, until };
    await insertMute(tx, personId, mute);
    return {
      result: shownMute(deps, mute),
      events: [],
      audit: { workspace_id, detail: { mute_id: mute.id, kind, until } },
      committed: () => {},
    };
  },
});

/** Answers the mute that is gone: the same again takes it back. */
export const deleteMute = writeVerb({
  name: 'deleteMute',
  input: z.object({ mute: workspaceIdSchema }),
  allow: allowOperator,
  run: async ({ actor, deps, tx }, { mute: id }) => {
    const gone = await removeMute(tx, personOf(actor).id, id);
    if (!gone) throw new CanvasError('not_found', `You have no mute ${id}. It may be over, or taken back already.`);
    return {
      result: shownMute(deps, gone),
      events: [],
      audit: { workspace_id: gone.workspace_id, detail: { mute_id: id } },
      committed: () => {},
    };
  },
});

export function shownMute(deps: Deps, mute: StoredMute): Mute {
  const name = mute.workspace_id === null ? null : (deps.fleet.find(mute.workspace_id)?.row.name ?? null);
  return { ...mute, workspace_name: name };
}
