import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { listActivity, postActivity } from './activity-verbs.ts';
import { type Actor, LOCAL_OPERATOR } from './actor.ts';
import { cardOf } from './fleet.ts';
import { sendMessage } from './message-verbs.ts';
import { register } from './registry-verbs.ts';
import { TestA2aAgent } from './test-a2a-agent.ts';
import { TestPlatform } from './test-platform.ts';

let canvas: TestPlatform;
let agent: TestA2aAgent;
let atlas: { id: string; token: string };
let scout: { id: string; token: string };
/** What the stream said of each workspace's activity. */
let told: Map<string, number[]>;

beforeEach(async () => {
  canvas = await new TestPlatform().open();
  agent = await new TestA2aAgent().open();
  scout = await canvas.workspace('Scout');
  atlas = await canvas.workspace('Atlas');
  await agent.serve(canvas, atlas, 'Atlas');
  told = new Map();
  canvas.deps.feed.subscribe((item) => {
    if (item.kind === 'beats') for (const { id, activity } of item.items) told.set(id, [...(told.get(id) ?? []), activity]);
  });
});
afterEach(async () => {
  await canvas.close();
  await agent.close();
  canvas.removeFolder();
});

const asScout = (): Actor => ({ kind: 'workspace', id: scout.id, name: 'Scout', token_id: 't' });
const asAtlas = (): Actor => ({ kind: 'workspace', id: atlas.id, name: 'Atlas', token_id: 't' });
const writtenOf = (id: string) => cardOf(canvas.deps.fleet.get(id)).activity;
const isTold = (id: string, activity: number) => vi.waitFor(() => expect(told.get(id)?.at(-1)).toBe(activity), { timeout: 15_000 });
const body = { method: 'message/send', params: { message: { messageId: 'm1', role: 'user', parts: [{ kind: 'text', text: 'dig' }] } } };

test('a row that a runtime notes is told of, once it is in the store', async () => {
  const rev = canvas.deps.fleet.get(scout.id).rev;
  await postActivity(canvas.deps, asScout(), { id: scout.id, activity_type: 'agent_log', summary: 'x' });
  expect(writtenOf(scout.id)).toBe(1);
  expect(canvas.deps.fleet.get(scout.id).rev).toBeGreaterThan(rev);
  await isTold(scout.id, 1);
  expect(writtenOf(atlas.id)).toBe(0);
});

test('a message is told of at both ends', async () => {
  await sendMessage(canvas.deps, asScout(), { id: atlas.id, body, claimed_sender: scout.id, wait_seconds: null });
  await Promise.all([isTold(atlas.id, 1), isTold(scout.id, 1)]);
  await sendMessage(canvas.deps, LOCAL_OPERATOR, { id: atlas.id, body, claimed_sender: null, wait_seconds: null });
  await isTold(atlas.id, 2);
});

test('a row that is written after the clock was set back comes after those that are there', async () => {
  const note = async () => (await postActivity(canvas.deps, asScout(), { id: scout.id, activity_type: 'agent_log', summary: 'x' })).id;
  const first = await note();
  canvas.now -= 600_000;
  const second = await note();
  await sendMessage(canvas.deps, asScout(), { id: atlas.id, body, claimed_sender: scout.id, wait_seconds: null });
  await isTold(scout.id, 3);
  const after = await listActivity(canvas.deps, LOCAL_OPERATOR, { id: scout.id, since_id: first });
  expect(after.map(({ id, activity_type }) => [id === second, activity_type])).toEqual([
    [true, 'agent_log'],
    [false, 'a2a_send'],
  ]);
});

test('a message that is fetched is told of', async () => {
  const card = { name: 'Atlas' };
  await register(canvas.deps, asAtlas(), { id: atlas.id, agent_card: card, delivery_mode: 'poll', join_code: null });
  await sendMessage(canvas.deps, LOCAL_OPERATOR, { id: atlas.id, body, claimed_sender: null, wait_seconds: 0 });
  expect(writtenOf(atlas.id)).toBe(0);
  expect(await listActivity(canvas.deps, asAtlas(), { id: atlas.id, type: 'a2a_receive' })).toHaveLength(1);
  expect(writtenOf(atlas.id)).toBe(1);
});
