import { z } from 'zod';
import { CanvasError } from '#lib/contract/errors.ts';
import { commitMemorySchema, MAX_MEMORY_BYTES, type MemoryRow, MIN_MEMORY_BYTES, recallMemoriesSchema } from '#lib/contract/memories.ts';
import { workspaceIdSchema } from '#lib/contract/workspaces.ts';
import { scrub } from '#lib/domain/scrub.ts';
import { insertMemory, memoriesOf, memoryBytes, removeMemory } from '#lib/store/memories.ts';
import { newId } from '#lib/store/new-id.ts';
import { storableText } from '#lib/store/storable-text.ts';
import type { Actor } from './actor.ts';
import { allowSelf } from './allow.ts';
import type { Deps } from './deps.ts';
import { readVerb, writeVerb } from './verb.ts';

const LOCAL = 'LOCAL';
const MAX_MEMORIES = MAX_MEMORY_BYTES / MIN_MEMORY_BYTES;
/** Runtimes name themselves in the request too; naming another is refused. */
const byId = z.object({ id: workspaceIdSchema, workspace_id: workspaceIdSchema.nullish() });

function allowOwner(actor: Actor, input: { id: string; workspace_id?: string | null | undefined }, deps: Deps): void {
  allowSelf(actor, input);
  deps.fleet.get(input.id);
  if (!input.workspace_id || input.workspace_id === input.id) return;
  throw new CanvasError(
    'forbidden',
    `These are the memories of workspace ${input.id}; workspace_id names ${input.workspace_id}. Leave it out.`,
  );
}

export const commitMemory = writeVerb({
  name: 'commitMemory',
  input: byId.and(commitMemorySchema),
  allow: allowOwner,
  run: async ({ now, tx }, { id, content, scope }) => {
    if (scope.toUpperCase() !== LOCAL) {
      throw new CanvasError('bad_request', `Only the scope LOCAL is kept: a memory of its workspace alone. ${scope} was asked for.`);
    }
    const row: MemoryRow = {
      id: newId(),
      workspace_id: id,
      content: storableText(String(scrub(content).value)),
      scope: LOCAL,
      created_at: now,
    };
    const bytes = Buffer.byteLength(row.content);
    const used = await memoryBytes(tx, id, MIN_MEMORY_BYTES);
    const more = Math.max(bytes, MIN_MEMORY_BYTES);
    if (used + more > MAX_MEMORY_BYTES) {
      const said = `A workspace may remember ${MAX_MEMORY_BYTES} bytes, each memory counted as ${MIN_MEMORY_BYTES} at least; ${used} are used, and this counts as ${more}. Forget some first.`;
      throw new CanvasError('too_large', said, { used, limit: MAX_MEMORY_BYTES });
    }
    await insertMemory(tx, row, bytes);
    return { result: row, events: [], audit: { workspace_id: id, detail: { memory_id: row.id, bytes } }, committed: () => {} };
  },
});

export const recallMemories = readVerb({
  name: 'recallMemories',
  input: byId.and(recallMemoriesSchema),
  allow: allowOwner,
  run: async ({ deps }, { id, q = '', scope = LOCAL, limit }): Promise<MemoryRow[]> => {
    if (scope !== '' && scope.toUpperCase() !== LOCAL) return [];
    const words = q
      .toLowerCase()
      .split(/\s+/)
      .filter((word) => word !== '');
    const found = (await memoriesOf(deps.store.db, id, words.length === 0 ? limit : MAX_MEMORIES)).filter(({ content }) => {
      const text = content.toLowerCase();
      return words.every((word) => text.includes(word));
    });
    return found.slice(0, limit);
  },
});

export const forgetMemory = writeVerb({
  name: 'forgetMemory',
  input: byId.and(z.object({ memory: workspaceIdSchema })),
  allow: allowOwner,
  run: async ({ tx }, { id, memory }) => {
    if (!(await removeMemory(tx, id, memory))) throw new CanvasError('not_found', `Workspace ${id} has no memory ${memory}.`);
    return {
      result: { id: memory, status: 'forgotten' as const },
      events: [],
      audit: { workspace_id: id, detail: { memory_id: memory } },
      committed: () => {},
    };
  },
});
