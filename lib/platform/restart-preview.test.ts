import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { LOCAL_OPERATOR } from './actor.ts';
import { cancelDelegation, delegate } from './delegation-verbs.ts';
import { restartPreview } from './restart-reads.ts';
import { TestPlatform } from './test-platform.ts';

let canvas: TestPlatform;
beforeEach(async () => {
  canvas = await new TestPlatform().open();
});
afterEach(async () => {
  await canvas.close();
  canvas.removeFolder();
});

test('the preview of a restart names the answers that the workspace waits for, and no others', async () => {
  const scout = await canvas.workspace('Scout');
  const atlas = await canvas.workspace('Atlas');
  const waits = async (id: string) =>
    (await restartPreview(canvas.deps, LOCAL_OPERATOR, { id })).delegations.map(({ summary, target_name }) => [summary, target_name]);
  await delegate(canvas.deps, LOCAL_OPERATOR, { id: scout.id, target_id: atlas.id, task: 'count' });
  const { delegation_id: did } = await delegate(canvas.deps, LOCAL_OPERATOR, { id: scout.id, target_id: atlas.id, task: 'sort' });
  await vi.waitFor(async () =>
    expect(await waits(scout.id)).toEqual([
      ['sort', 'Atlas'],
      ['count', 'Atlas'],
    ]),
  );
  expect(await waits(atlas.id)).toEqual([]);
  await cancelDelegation(canvas.deps, LOCAL_OPERATOR, { did });
  await vi.waitFor(async () => expect(await waits(scout.id)).toEqual([['count', 'Atlas']]));
});
