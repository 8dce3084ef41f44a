import { afterEach, beforeEach, expect, test } from 'vitest';
import { LOCAL_OPERATOR } from './actor.ts';
import { listInbox } from './inbox-verbs.ts';
import { notify } from './notify-verbs.ts';
import { patchPreferences } from './preference-verbs.ts';
import { TestPlatform } from './test-platform.ts';

let canvas: TestPlatform;
let agent: { id: string; token: string };

beforeEach(async () => {
  canvas = await new TestPlatform().open();
  agent = await canvas.workspace('Digger');
});
afterEach(async () => {
  await canvas.close();
  canvas.removeFolder();
});

const says = (message: string) =>
  notify(canvas.deps, { kind: 'workspace', id: agent.id, name: 'Digger', token_id: 't' }, { id: agent.id, said: { message } });

test('what is refused is refused alone: what came together with it is written', async () => {
  const places = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, at) => [`w${at}`, [0, 0] as [number, number]]));
  await patchPreferences(canvas.deps, LOCAL_OPERATOR, { map: places(10_000) });
  const [before, refused, after] = await Promise.allSettled([
    says('I found gold'),
    patchPreferences(canvas.deps, LOCAL_OPERATOR, { map: { more: [0, 0] } }),
    says('I found more'),
  ]);
  expect([before.status, after.status]).toEqual(['fulfilled', 'fulfilled']);
  expect(refused).toMatchObject({ reason: { code: 'bad_request' } });
  expect((await listInbox(canvas.deps, LOCAL_OPERATOR, { view: 'all' })).items).toMatchObject([{ count: 2, detail: 'I found more' }]);
});

test('a store that is full is not asked again for each', async () => {
  await canvas.limitDisk(0);
  let asked = 0;
  const write = (text: string) =>
    canvas.deps.incidents.write(async ({ tx }) => {
      asked += 1;
      await tx
        .insertInto('meta')
        .values({ key: text, value: 'x'.repeat(1_000_000) })
        .execute();
    });
  const all = await Promise.allSettled([write('a'), write('b'), write('c')]);
  expect(all.map((one) => one.status === 'rejected' && (one.reason as { code: string }).code)).toEqual(Array(3).fill('unavailable'));
  expect(asked).toBe(1);
});
