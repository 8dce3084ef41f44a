import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { CreatedToken, JoinCode } from '#lib/contract/access.ts';
import type { RegisterAnswer } from '#lib/contract/registry.ts';
import { type WorkspacePage, workspaceDetailSchema, workspaceRowSchema } from '#lib/contract/workspaces.ts';
import { TestServer } from './test-server.ts';

const MINUTE = 60_000;
let canvas: TestServer;

beforeEach(async () => {
  canvas = await new TestServer().open();
});
afterEach(() => canvas.close());

const create = async (name: string) => (await canvas.ask<{ id: string; status: string }>('POST /workspaces', { body: { name } })).body.id;
const joinCode = async (id: string) => (await canvas.ask<JoinCode>(`POST /workspaces/${id}/join-codes`)).body;
const register = (id: string, token?: string, more: Record<string, unknown> = {}) =>
  canvas.ask<RegisterAnswer>('POST /registry/register', { token, body: { id, delivery_mode: 'poll', ...more } });

describe('registering', () => {
  test('with a join code brings a token, once', async () => {
    const id = await create('Atlas');
    const { join_code, workspace_id, expires_at } = await joinCode(id);
    expect([workspace_id, expires_at]).toEqual([id, canvas.platform.now + 15 * MINUTE]);
    const answer = await register(id, join_code);
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({
      status: 'registered',
      delivery_mode: 'poll',
      auth_token: expect.stringMatching(/^[\w-]{43}$/),
      platform_inbound_secret: expect.stringMatching(/^[\w-]{43}$/),
    });
    expect((await canvas.beat({ id, token: answer.body.auth_token ?? '' })).status).toBe(200);
    expect(await register(id, join_code)).toMatchObject({ status: 401, body: { code: 'token_rejected' } });
  });

  test('a join code holds for 15 minutes and for its own workspace', async () => {
    const [id, other] = [await create('Atlas'), await create('Bode')];
    const { join_code } = await joinCode(id);
    expect((await register(other, join_code)).status).toBe(401);
    canvas.platform.now += 15 * MINUTE - 1000;
    expect((await register(id, join_code)).status).toBe(200);
    const late = await joinCode(id);
    canvas.platform.now += 15 * MINUTE + 1000;
    expect((await register(id, late.join_code)).status).toBe(401);
  });

  test('of two who use one join code at the same moment one gets a token', async () => {
    const id = await create('Atlas');
    const { join_code } = await joinCode(id);
    const both = await Promise.all([register(id, join_code), register(id, join_code)]);
    expect(both.map((answer) => answer.status).sort()).toEqual([200, 401]);
  });

  test('with its token brings no other token; a push agent must say where it is', async () => {
    const atlas = await canvas.workspace('Atlas');
    const answer = await register(atlas.id, atlas.token, { delivery_mode: 'push', url: 'http://127.0.0.1:9/', agent_card: { name: 'A' } });
    expect(answer.body).toEqual({ status: 'registered', delivery_mode: 'push', platform_inbound_secret: expect.any(String) });
    expect((await canvas.ask(`GET /registry/discover/${atlas.id}`)).body).toEqual({
      id: atlas.id,
      url: 'http://127.0.0.1:9/',
      name: 'Atlas',
    });
    expect(await register(atlas.id, atlas.token, { delivery_mode: 'push' })).toMatchObject({
      status: 400,
      body: { error: expect.stringContaining('url is required') },
    });
    expect((await register(atlas.id, atlas.token, { delivery_mode: 'push', url: 'file:///etc/passwd' })).status).toBe(400);
  });

  test('bare is taken once on loopback, and never again', async () => {
    const id = await create('Atlas');
    const first = await register(id);
    expect([first.status, first.body.auth_token]).toEqual([200, expect.any(String)]);
    expect((await register(id)).status).toBe(401);
    const [token] = (await canvas.ask<{ id: string }[]>(`GET /workspaces/${id}/tokens`)).body;
    await canvas.ask(`DELETE /workspaces/${id}/tokens/${token?.id}`);
    expect((await register(id)).status).toBe(401);
  });

  test('bare from another site’s page is refused', async () => {
    const id = await create('Atlas');
    const answer = await canvas.refusal('POST /registry/register', {
      headers: { origin: 'http://evil.example' },
      body: { id, delivery_mode: 'poll' },
    });
    expect(answer).toMatchObject({ status: 403, body: { code: 'wrong_origin' } });
  });

  test('an unknown id is 404, a removed one 410, also for beats, reads and lists', async () => {
    const atlas = await canvas.workspace('Atlas');
    const code = await joinCode(atlas.id);
    await canvas.ask(`DELETE /workspaces/${atlas.id}`);
    expect((await register('nobody')).status).toBe(404);
    expect((await register(atlas.id, code.join_code)).status).toBe(410);
    expect((await canvas.beat(atlas)).status).toBe(410);
    expect((await canvas.beat({ id: 'nobody', token: (await canvas.workspace('Bode')).token })).status).toBe(404);
    for (const part of ['', '/tokens', '/delegations', '/activity', '/history']) {
      expect([part, (await canvas.ask(`GET /workspaces/${atlas.id}${part}`)).status]).toEqual([part, 410]);
      expect([part, (await canvas.ask(`GET /workspaces/nobody${part}`)).status]).toEqual([part, 404]);
    }
  });
});

describe('tokens', () => {
  const rotate = async (id: string) => (await canvas.ask<CreatedToken>(`POST /workspaces/${id}/tokens`, { body: { rotate: true } })).body;

  test('the old one holds until its successor is used, by any call', async () => {
    const atlas = await canvas.workspace('Atlas');
    const next = await rotate(atlas.id);
    expect((await canvas.beat(atlas)).status).toBe(200);
    expect((await canvas.ask(`GET /workspaces/${atlas.id}`, { token: next.auth_token })).status).toBe(200);
    expect(await canvas.beat(atlas)).toMatchObject({ status: 401, body: { code: 'token_rejected' } });
    const { body } = await canvas.ask<{ token_rejected_at: number | null }>(`GET /workspaces/${atlas.id}`);
    expect(body.token_rejected_at).toBe(canvas.platform.now);
  });

  test('the old one holds for ten minutes when its successor is never used', async () => {
    const atlas = await canvas.workspace('Atlas');
    await rotate(atlas.id);
    canvas.platform.now += 10 * MINUTE - 1;
    expect((await canvas.beat(atlas)).status).toBe(200);
    canvas.platform.now += 1;
    expect((await canvas.beat(atlas)).status).toBe(401);
  });

  test('a revoked one ends at once, and only it', async () => {
    const atlas = await canvas.workspace('Atlas');
    const other = (await canvas.ask<CreatedToken>(`POST /workspaces/${atlas.id}/tokens`, { body: {} })).body;
    expect((await canvas.ask(`DELETE /workspaces/${atlas.id}/tokens/${other.token_id}`)).body).toEqual({ status: 'revoked' });
    expect((await canvas.beat({ ...atlas, token: other.auth_token })).status).toBe(401);
    expect((await canvas.beat(atlas)).status).toBe(200);
    expect((await canvas.ask(`DELETE /workspaces/${atlas.id}/tokens/${other.token_id}`)).status).toBe(404);
  });

  test('are listed by prefix, never by text', async () => {
    const atlas = await canvas.workspace('Atlas');
    const { body, text } = await canvas.ask(`GET /workspaces/${atlas.id}/tokens`);
    expect(body).toEqual([
      { id: expect.any(String), prefix: atlas.token.slice(0, 8), created_at: canvas.platform.now, last_used_at: null, expires_at: null },
    ]);
    expect(text).not.toContain(atlas.token);
    expect(canvas.lines.join('')).not.toContain(atlas.token);
  });
});

describe('reading', () => {
  test('a plain list is an array; with ?page it is filtered, counted and paged', async () => {
    const atlas = await canvas.workspace('Atlas');
    await canvas.workspace('Bode');
    await canvas.beat(atlas, { runtime_state: 'wedged', sample_error: 'stuck' });
    const plain = await canvas.ask<unknown[]>('GET /workspaces');
    expect(plain.body).toHaveLength(2);
    for (const row of plain.body) workspaceRowSchema.parse(row);
    const page = await canvas.ask<WorkspacePage>('GET /workspaces?page&state=wedged&limit=1');
    expect(page.body).toMatchObject({
      total: 1,
      next: null,
      counts: { wedged: 1 },
      items: [{ id: atlas.id, cause: 'wedged', reason: 'stuck' }],
    });
    const first = await canvas.ask<WorkspacePage>('GET /workspaces?page=1&sort=name&limit=1');
    const second = await canvas.ask<WorkspacePage>(
      `GET /workspaces?page=1&sort=name&limit=1&cursor=${encodeURIComponent(first.body.next ?? '')}`,
    );
    expect([first.body.items[0]?.name, second.body.items[0]?.name, second.body.next]).toEqual(['Atlas', 'Bode', null]);
    expect(await canvas.ask('GET /workspaces?page&limit=0')).toMatchObject({
      status: 400,
      body: { code: 'bad_request', error: expect.stringContaining('limit') },
    });
  });

  test('one workspace shows the evidence, its neighbours see no configuration', async () => {
    const parent = await canvas.workspace('Parent');
    const made = await canvas.ask<{ id: string }>('POST /workspaces', {
      body: { name: 'Child', parent_id: parent.id, config: { secretish: 1 } },
    });
    const detail = await canvas.ask(`GET /workspaces/${made.body.id}`);
    expect(workspaceDetailSchema.parse(detail.body)).toMatchObject({
      config: { secretish: 1 },
      ancestors: [{ id: parent.id, name: 'Parent' }],
    });
    const asParent = await canvas.ask(`GET /workspaces/${made.body.id}`, { token: parent.token });
    expect(workspaceDetailSchema.parse(asParent.body).config).toEqual({});
    expect(
      (await canvas.ask<{ name: string }[]>(`GET /registry/${parent.id}/peers`, { token: parent.token })).body.map((peer) => peer.name),
    ).toEqual(['Child']);
  });

  test('delegations and activity begin as empty lists; an unknown since_id is gone', async () => {
    const { id, token } = await canvas.workspace('Atlas');
    for (const path of [
      `/workspaces/${id}/delegations`,
      `/workspaces/${id}/activity`,
      `/workspaces/${id}/activity?type=a2a_receive&since_secs=60`,
    ]) {
      expect((await canvas.ask(`GET ${path}`, { token })).body).toEqual([]);
    }
    expect(await canvas.ask(`GET /workspaces/${id}/activity?since_id=nothing`, { token })).toMatchObject({
      status: 410,
      body: { code: 'gone' },
    });
    expect((await canvas.ask(`GET /workspaces/${id}/activity?limit=501`, { token })).status).toBe(400);
  });

  test('events asked for as JSON are the newest ledger rows, of all or of one', async () => {
    const atlas = await canvas.workspace('Atlas');
    await canvas.workspace('Bode');
    const all = await canvas.ask<{ type: string; workspace_id: string }[]>('GET /events');
    expect(all.body.map((event) => event.type)).toContain('workspace.created');
    const own = await canvas.ask<{ workspace_id: string }[]>(`GET /events/${atlas.id}`);
    expect(own.body.length).toBeGreaterThan(0);
    expect(new Set(own.body.map((event) => event.workspace_id))).toEqual(new Set([atlas.id]));
  });

  test('health, readiness and build say so in a word', async () => {
    expect((await canvas.ask('GET /healthz')).body).toEqual({ status: 'ok' });
    expect((await canvas.ask('GET /health')).body).toEqual({ status: 'ok' });
    expect((await canvas.ask('GET /readyz')).body).toEqual({ status: 'ready' });
    expect((await canvas.ask('GET /buildinfo')).body).toEqual({ version: '0.0.0', commit: null, node: process.version });
  });
});

describe('changing', () => {
  test('a parent with children is removed when that is confirmed', async () => {
    const parent = await canvas.workspace('Parent');
    const { body: child } = await canvas.ask<{ id: string }>('POST /workspaces', { body: { name: 'Child', parent_id: parent.id } });
    const refused = await canvas.refusal(`DELETE /workspaces/${parent.id}`);
    expect(refused).toMatchObject({ status: 409, body: { code: 'conflict', details: { children: [{ id: child.id, name: 'Child' }] } } });
    expect((await canvas.ask(`DELETE /workspaces/${parent.id}?confirm=true`)).status).toBe(200);
    expect((await canvas.ask(`GET /workspaces/${child.id}`)).status).toBe(410);
  });

  test('names are plain lines, a taken one gets a number, and a refusal says which field', async () => {
    expect((await canvas.ask('POST /workspaces', { body: { name: 'Crawler' } })).body).toMatchObject({
      id: expect.any(String),
      status: expect.any(String),
    });
    const second = await canvas.ask<{ id: string }>('POST /workspaces', { body: { name: 'Crawler' } });
    expect((await canvas.ask(`GET /workspaces/${second.body.id}`)).body).toMatchObject({ name: 'Crawler 2' });
    const refused = await canvas.refusal(`PATCH /workspaces/${second.body.id}`, { body: { name: 'a\u0000b' } });
    expect(refused).toMatchObject({ status: 400, body: { error: expect.stringContaining('name') } });
    expect((await canvas.ask(`PATCH /workspaces/${second.body.id}`, { body: {} })).status).toBe(400);
  });

  test('a beat is answered with the inbound secret alone; a stranger’s token and none are told apart', async () => {
    const [atlas, bode] = [await canvas.workspace('Atlas'), await canvas.workspace('Bode')];
    expect((await canvas.beat(atlas)).body).toEqual({ status: 'ok', platform_inbound_secret: expect.stringMatching(/^[\w-]{43}$/) });
    expect(await canvas.beat({ id: bode.id, token: atlas.token })).toMatchObject({ status: 403, body: { code: 'forbidden' } });
    const bare = await canvas.refusal('POST /registry/heartbeat', { body: { workspace_id: atlas.id } });
    expect([bare.status, bare.body.code, bare.headers.get('www-authenticate')]).toEqual([401, 'unauthenticated', 'Bearer']);
    expect((await canvas.beat(atlas, { error_rate: 'many' })).status).toBe(400);
    expect((await canvas.beat(atlas, { unknown_field: 1, error_rate: 7 })).status).toBe(200);
    expect(
      (
        await canvas.ask('POST /registry/heartbeat', {
          token: atlas.token,
          headers: { origin: 'https://anywhere.example' },
          body: { workspace_id: atlas.id },
        })
      ).status,
    ).toBe(200);
  });
});
