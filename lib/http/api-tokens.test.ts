import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { ApiTokenRow, CreatedApiToken } from '#lib/contract/api-tokens.ts';
import { TestServer } from './test-server.ts';

let canvas: TestServer;

beforeEach(async () => {
  canvas = await new TestServer().open();
});
afterEach(() => canvas.close());

const create = async (name = 'laptop', token?: string) =>
  (await canvas.ask<CreatedApiToken>('POST /api-tokens', { token, body: { name } })).body;
const list = async (token?: string) => (await canvas.ask<ApiTokenRow[]>('GET /api-tokens', { token })).body;

test('is shown once, and kept as a hash and what tells it from others', async () => {
  const made = await create();
  expect(made).toEqual({ api_token: expect.stringMatching(/^canvas_[\w-]{43}$/), id: expect.any(String), name: 'laptop' });
  expect(await list()).toEqual([
    { id: made.id, name: 'laptop', prefix: made.api_token.slice(0, 13), created_at: canvas.platform.now, last_used_at: null },
  ]);
  const { db } = canvas.platform.store;
  const everything = JSON.stringify([
    await db.selectFrom('api_tokens').selectAll().execute(),
    await db.selectFrom('audit').selectAll().execute(),
  ]);
  expect(everything).not.toContain(made.api_token.slice(13));
  expect(canvas.lines.join('')).not.toContain(made.api_token.slice(13));
});

test('makes its bearer the person, with any Host and Origin, and what they do is theirs', async () => {
  const { api_token } = await create();
  const headers = { origin: 'https://elsewhere.example' };
  expect((await canvas.ask('GET /workspaces', { headers })).status).toBe(403);
  expect((await canvas.ask('POST /workspaces', { token: api_token, headers, body: { name: 'Atlas' } })).status).toBe(201);
  const [event] = (await canvas.ask<{ actor: unknown }[]>('GET /events', { token: api_token, headers: { accept: 'application/json' } }))
    .body;
  expect(event?.actor).toEqual({ kind: 'operator', id: 'local', name: 'this machine' });
});

test('outlives a restart of the platform', async () => {
  const { api_token } = await create();
  await canvas.server.app.close();
  await canvas.platform.close();
  await canvas.open();
  expect((await canvas.ask('GET /workspaces', { token: api_token })).status).toBe(200);
});

test('one that is unknown or was ended is refused at once', async () => {
  const { api_token, id } = await create();
  const other = await create('other', api_token);
  expect((await canvas.ask(`DELETE /api-tokens/${id}`, { token: other.api_token })).status).toBe(200);
  for (const token of [api_token, `canvas_${'x'.repeat(43)}`]) {
    expect(await canvas.refusal('GET /workspaces', { token })).toMatchObject({ status: 401, body: { code: 'token_rejected' } });
  }
  expect((await canvas.refusal(`DELETE /api-tokens/${id}`)).status).toBe(404);
  expect((await list(other.api_token)).map(({ name }) => name)).toEqual(['other']);
});

test('says when it was last used, to the minute', async () => {
  const { api_token } = await create();
  const used = async () => (await list())[0]?.last_used_at;
  const first = canvas.platform.now;
  await list(api_token);
  await vi.waitFor(async () => expect(await used()).toBe(first), { timeout: 20_000 });
  canvas.platform.now += 59_000;
  await list(api_token);
  canvas.platform.now += 2000;
  await list(api_token);
  await vi.waitFor(async () => expect(await used()).toBe(first + 61_000), { timeout: 20_000 });
});

test('one that was made while nobody had to sign in opens nothing once people do', async () => {
  const { api_token } = await create();
  canvas.platform.deps.options.signInFree = false;
  expect((await canvas.refusal('GET /workspaces', { token: api_token })).body.code).toBe('token_rejected');
});

test('needs a name that a person can see', async () => {
  expect((await canvas.refusal('POST /api-tokens', { body: {} })).status).toBe(400);
  expect((await canvas.refusal('POST /api-tokens', { body: { name: ' \u0007 ' } })).status).toBe(400);
});
