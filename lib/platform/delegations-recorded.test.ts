import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type DelegationState, MAX_RESPONSE_BYTES } from '#lib/contract/delegations.ts';
import { type Actor, LOCAL_OPERATOR } from './actor.ts';
import { getDelegation } from './delegation-reads.ts';
import { delegate, recordDelegation, updateDelegation } from './delegation-verbs.ts';
import { TestA2aAgent } from './test-a2a-agent.ts';
import { TestPlatform } from './test-platform.ts';

let canvas: TestPlatform;
let agent: TestA2aAgent;
let atlas: { id: string; token: string };
let scout: { id: string; token: string };

beforeEach(async () => {
  canvas = await new TestPlatform().open();
  agent = await new TestA2aAgent().open();
  scout = await canvas.workspace('Scout');
  atlas = await canvas.workspace('Atlas');
  await agent.serve(canvas, atlas, 'Atlas');
});
afterEach(async () => {
  await canvas.close();
  await agent.close();
  canvas.removeFolder();
});

const asScout = (): Actor => ({ kind: 'workspace', id: scout.id, name: 'Scout', token_id: 't' });
const asAtlas = (): Actor => ({ kind: 'workspace', id: atlas.id, name: 'Atlas', token_id: 't' });
const look = (did: string) => getDelegation(canvas.deps, LOCAL_OPERATOR, { did });
const give = (task: string, more: Partial<Parameters<typeof delegate>[2]> = {}) =>
  delegate(canvas.deps, asScout(), { id: scout.id, target_id: atlas.id, task, ...more });

describe('a recorded one', () => {
  const record = (more: Partial<Parameters<typeof recordDelegation>[2]> = {}) =>
    recordDelegation(canvas.deps, asScout(), { id: scout.id, target_id: atlas.id, task: 'by itself', ...more });
  const update = (did: string, status: DelegationState, more = {}) =>
    updateDelegation(canvas.deps, asScout(), { id: scout.id, did, status, ...more });

  test('goes as its source says, and stays at its end', async () => {
    const { delegation_id: did } = await record({ delegation_id: 'own-id' });
    expect(did).toBe('own-id');
    expect((await record({ delegation_id: 'own-id' })).delegation_id).toBe('own-id');
    await expect(record({ delegation_id: 'own-id', target_id: scout.id })).rejects.toMatchObject({ code: 'bad_request' });
    await update(did, 'in_progress');
    expect(await update(did, 'completed', { response_preview: 'r' })).toMatchObject({ status: 'completed', response_preview: 'r' });
    expect(await update(did, 'completed')).toMatchObject({ status: 'completed', response_preview: 'r' });
    await expect(update(did, 'failed')).rejects.toMatchObject({ code: 'conflict' });
    await expect(update('none', 'failed')).rejects.toMatchObject({ code: 'not_found' });
    expect(agent.received).toEqual([]);
    expect(await look(did)).toMatchObject({ task: 'by itself', response: 'r', origin: 'recorded' });
  });

  test('keeps of a long result what any other keeps, and of no secret a part', async () => {
    const secret = `ghp_${'a1B2c3D4'.repeat(4)}zzzz`;
    const long = `${'word '.repeat(13_104)}token ${secret} ${'word '.repeat(8_000)}`;
    expect(long.indexOf(secret)).toBeLessThan(MAX_RESPONSE_BYTES);
    expect(long.indexOf(secret) + secret.length).toBeGreaterThan(MAX_RESPONSE_BYTES);
    const { delegation_id: did } = await record();
    expect(await update(did, 'completed', { response_preview: long })).toMatchObject({ response_cut: true });
    const { response } = await look(did);
    expect(response).toMatch(/word token \[REDACTED:/);
    expect(response).not.toContain('ghp_');
    const { delegation_id: other } = await record({ status: 'failed', response_preview: long, error: long });
    expect(await look(other)).toMatchObject({ response_cut: true, response });
  });

  test('is nobody else’s to tell of, and one of the platform is not told of', async () => {
    const { delegation_id: did } = await record();
    await expect(updateDelegation(canvas.deps, asAtlas(), { id: atlas.id, did, status: 'completed' })).rejects.toMatchObject({
      code: 'not_found',
    });
    const own = await give('x');
    await expect(update(own.delegation_id, 'failed')).rejects.toMatchObject({ code: 'conflict' });
  });
});
