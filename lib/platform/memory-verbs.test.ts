import { afterEach, beforeEach, expect, test } from 'vitest';
import { MAX_MEMORY_BYTES } from '#lib/contract/memories.ts';
import { newId } from '#lib/store/new-id.ts';
import { LOCAL_OPERATOR } from './actor.ts';
import { commitMemory, recallMemories } from './memory-verbs.ts';
import { TestPlatform } from './test-platform.ts';

let canvas: TestPlatform;
let id: string;

beforeEach(async () => {
  canvas = await new TestPlatform().open();
  id = (await canvas.workspace('Scout')).id;
});
afterEach(async () => {
  await canvas.close();
  canvas.removeFolder();
});

/** As many memories of one byte each, the oldest first. */
async function remember(count: number): Promise<void> {
  for (let from = 0; from < count; from += 1000) {
    const rows = Array.from({ length: Math.min(1000, count - from) }, (_, n) => {
      return { id: newId(), workspace_id: id, content: 'x', bytes: 1, scope: 'LOCAL', created_at: from + n };
    });
    await canvas.store.db.insertInto('memories').values(rows).execute();
  }
}

test('however short, there are at most 4,096 of them', async () => {
  await remember(4095);
  const { id: last } = await commitMemory(canvas.deps, LOCAL_OPERATOR, { id, content: 'y', scope: 'LOCAL' });
  await expect(commitMemory(canvas.deps, LOCAL_OPERATOR, { id, content: 'z', scope: 'LOCAL' })).rejects.toMatchObject({
    code: 'too_large',
    details: { used: MAX_MEMORY_BYTES },
    message: expect.stringContaining('each memory counted as 256 at least'),
  });
  const recall = (more: Partial<Parameters<typeof recallMemories>[2]>) => recallMemories(canvas.deps, LOCAL_OPERATOR, { id, ...more });
  expect((await recall({ limit: 2 })).map(({ content }) => content)).toEqual(['y', 'x']);
  expect(await recall({ q: 'Y', limit: 2 })).toMatchObject([{ id: last }]);
  expect(await recall({ q: 'x', limit: 500 })).toHaveLength(500);
});
