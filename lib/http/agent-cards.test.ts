import { afterEach, beforeEach, expect, test } from 'vitest';
import type { AgentCardPage } from '#lib/contract/registry.ts';
import { LOCAL_OPERATOR } from '#lib/platform/actor.ts';
import { createWorkspace } from '#lib/platform/workspace-verbs.ts';
import { TestServer } from './test-server.ts';

let canvas: TestServer;
let atlas: { id: string; token: string };
let scout: { id: string; token: string };

beforeEach(async () => {
  canvas = await new TestServer().open();
  atlas = await canvas.workspace('Atlas');
  scout = await canvas.workspace('Scout');
  const agent_card = { name: 'Atlas', url: 'http://127.0.0.1:9/inner', capabilities: { streaming: true } };
  await canvas.ask('POST /registry/register', { token: atlas.token, body: { id: atlas.id, url: 'http://127.0.0.1:9', agent_card } });
});
afterEach(() => canvas.close());

const card = (id: string, token?: string) => canvas.refusal(`GET /workspaces/${id}/.well-known/agent-card.json`, { token });

test('the card of a workspace sends messages to the platform', async () => {
  const { status, body, text } = await card(atlas.id, scout.token);
  expect([status, body]).toMatchObject([200, { name: 'Atlas', url: expect.stringMatching(new RegExp(`/workspaces/${atlas.id}/a2a$`)) }]);
  expect(text).not.toContain('inner');
});

test('one without a card says what to do; a stranger sees none', async () => {
  expect(await card(scout.id)).toMatchObject({ status: 404, body: { error: expect.stringContaining('update-card') } });
  const { id } = await createWorkspace(canvas.platform.deps, LOCAL_OPERATOR, { name: 'Child', parent_id: scout.id });
  const { body } = await canvas.ask<{ auth_token: string }>(`POST /workspaces/${id}/tokens`, { body: {} });
  expect((await card(atlas.id, body.auth_token)).status).toBe(403);
  const cards = async (token?: string) =>
    (await canvas.ask<AgentCardPage>('GET /agent-cards', { token })).body.items.map((one) => one.workspace_id);
  expect(await cards(body.auth_token)).toEqual([]);
  expect(await cards(scout.token)).toEqual([atlas.id]);
  expect(await cards(atlas.token)).toEqual([]);
  expect(await cards()).toEqual([atlas.id]);
});

test('cards are listed page by page, each once, also when some come and go meanwhile', async () => {
  const give = async ({ id, token }: { id: string; token: string }) => {
    const agent_card = { name: id, url: 'http://127.0.0.1:9' };
    await canvas.ask('POST /registry/register', { token, body: { id, url: 'http://127.0.0.1:9', agent_card } });
    return id;
  };
  const others = [await give(await canvas.workspace('One')), await give(await canvas.workspace('Two')), await give(scout)].sort();
  const all = [atlas.id, ...others].sort();
  const page = async (query: string) => (await canvas.ask<AgentCardPage>(`GET /agent-cards?${query}`)).body;
  const first = await page('limit=3');
  expect(first.items.map(({ workspace_id, agent_card }) => [workspace_id, agent_card['url']])).toEqual(
    all.slice(0, 3).map((id) => [id, expect.stringContaining(`/workspaces/${id}/a2a`)]),
  );
  await canvas.ask(`DELETE /workspaces/${all[2]}`);
  expect(await page(`limit=3&cursor=${first.next}`)).toMatchObject({ items: [{ workspace_id: all[3] }], next: null });
  expect((await page('')).items).toHaveLength(3);
  expect((await canvas.refusal('GET /agent-cards?cursor=nonsense')).status).toBe(400);
  expect((await canvas.refusal('GET /agent-cards?limit=0')).status).toBe(400);
});
