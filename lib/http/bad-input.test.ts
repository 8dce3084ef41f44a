import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { TestServer } from './test-server.ts';

let canvas: TestServer;

beforeEach(async () => {
  canvas = await new TestServer().open({
    handle: async (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/html' }).end('a page');
    },
  });
});
afterEach(() => canvas.close());

test.each([
  'GET activity?peer_id=%00',
  'GET activity?since_id=%00',
  'GET activity?before_ts=1e308',
  'GET activity?before_ts=-1',
  'GET activity?since_secs=1e300',
  'DELETE tokens/%00',
])('what no store can look for is refused: %s', async (route) => {
  const { id } = await canvas.workspace('Atlas');
  const [method, path] = route.split(' ');
  expect(await canvas.refusal(`${method} /workspaces/${id}/${path}`)).toMatchObject({ status: 400, body: { code: 'bad_request' } });
});

test('the widest times that are taken are answered', async () => {
  const { id } = await canvas.workspace('Atlas');
  expect((await canvas.ask(`GET /workspaces/${id}/activity?before_ts=8640000000000000&since_secs=8640000000000`)).status).toBe(200);
});

test('a page asked for with the token of a workspace is refused in words', async () => {
  const { token } = await canvas.workspace('Atlas');
  expect(await canvas.refusal('GET /', { token })).toMatchObject({
    status: 403,
    body: { code: 'forbidden', error: expect.stringContaining('for operators') },
  });
  const shown = await canvas.ask('GET /', { token, headers: { accept: 'text/html' } });
  expect(shown).toMatchObject({ status: 403, text: expect.stringContaining('for operators') });
  expect(await canvas.ask('GET /')).toMatchObject({ status: 200, text: 'a page' });
});

describe('a body', () => {
  const send = async (route: string, body: Uint8Array, headers: Record<string, string>) => {
    const response = await fetch(`${canvas.url}${route}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: Buffer.from(body),
    });
    return { status: response.status, said: ((await response.json()) as { error?: string }).error };
  };

  test.each(['{"name":"A","__proto__":{}}', '{"name":"A","config":{"constructor":{"prototype":{}}}}'])(
    'with a key that no object may have is told so: %s',
    async (body) => {
      expect(await send('/workspaces', Buffer.from(body), {})).toEqual({ status: 400, said: expect.stringContaining('"__proto__"') });
    },
  );

  test('that is no JSON is told that', async () => {
    expect(await send('/workspaces', Buffer.from('{"__proto__":'), {})).toEqual({
      status: 400,
      said: expect.stringContaining('not valid JSON'),
    });
  });

  test('may have a key "constructor" of its own', async () => {
    expect((await send('/workspaces', Buffer.from('{"name":"A","config":{"constructor":"me"}}'), {})).status).toBe(201);
  });

  test.each(['/workspaces', '/registry/heartbeat'])('to %s is plain UTF-8', async (route) => {
    const { id, token } = await canvas.workspace('Atlas');
    const authorization = route === '/workspaces' ? {} : { authorization: `Bearer ${token}` };
    const text = JSON.stringify({ name: 'Zoë', workspace_id: id, uptime_seconds: 1, current_task: 'Zoë' });
    const ask = (body: Uint8Array, headers: Record<string, string> = {}) => send(route, body, { ...authorization, ...headers });
    expect(await ask(gzipSync(text), { 'content-encoding': 'gzip' })).toEqual({
      status: 415,
      said: expect.stringContaining('Content-Encoding'),
    });
    for (const charset of ['utf-16le', 'iso-8859-1'])
      expect(
        await ask(Buffer.from(text, charset === 'utf-16le' ? 'utf16le' : 'latin1'), {
          'content-type': `application/json; charset=${charset}`,
        }),
      ).toEqual({
        status: 415,
        said: expect.stringContaining('UTF-8'),
      });
    expect(await ask(Buffer.from(text, 'latin1'))).toEqual({ status: 400, said: expect.stringContaining('not valid UTF-8') });
    for (const type of ['application/json', 'application/json; charset="UTF-8"', 'application/json;charset=utf8'])
      expect((await ask(Buffer.from(text), { 'content-type': type, 'content-encoding': 'identity' })).status).toBeLessThan(300);
  });

  test.each([
    ['ä', 32_000, 201],
    ['ä', 33_000, 400],
    ['a', 65_000, 201],
  ])('limits count bytes: %s %i times', async (letter, times, status) => {
    const body = { name: 'A', config: { text: letter.repeat(times) } };
    expect((await canvas.ask('POST /workspaces', { body })).status).toBe(status);
    const { id, token } = await canvas.workspace('Atlas');
    const card = await canvas.ask('POST /registry/update-card', { token, body: { workspace_id: id, agent_card: body.config } });
    expect(card.status).toBe(status === 201 ? 200 : 400);
  });
});

test.each([
  ['http://agent.example/\nx', 'line breaks'],
  ['http://agent.example/a b', 'spaces'],
  ['http://someone:hush-hush@agent.example/', 'password'],
  ['http://someone@agent.example/', 'user name'],
  ['ftp://agent.example/', 'http or https'],
])('an agent address of %j is refused with the reason', async (url, why) => {
  const { id, token } = await canvas.workspace('Atlas');
  const answer = await canvas.refusal('POST /registry/register', { token, body: { id, url } });
  expect(answer).toMatchObject({ status: 400, body: { error: expect.stringContaining(why) } });
  expect(answer.text).not.toContain('hush-hush');
});

test.each(['', '0x1', ' 1', '+1', '1e0', '-0'])('a position of %j is unknown', async (digits) => {
  await canvas.workspace('Atlas');
  const leave = new AbortController();
  const at = encodeURIComponent(`${canvas.platform.deps.ledgerEpoch}:${digits}`);
  const response = await fetch(`${canvas.url}/events?last_event_id=${at}`, {
    headers: { accept: 'text/event-stream' },
    signal: leave.signal,
  });
  let said = '';
  for await (const chunk of response.body ?? []) {
    said += Buffer.from(chunk).toString();
    if ((said.match(/\n\n/g) ?? []).length > 1) break;
  }
  leave.abort();
  expect(said).toMatch(/event: reset\n[\s\S]*"why":"unknown_epoch"/);
});

test('readiness is refused, and a write says why, while the disk is full', async () => {
  await canvas.platform.limitDisk(0);
  const body = { name: 'A', config: { text: 'x'.repeat(60_000) } };
  expect(await canvas.refusal('POST /workspaces', { body })).toMatchObject({
    status: 503,
    body: { code: 'unavailable', error: expect.stringContaining('disk is full') },
  });
  await canvas.server.log.idle();
  expect(canvas.lines.map((line) => JSON.parse(line) as object)).toContainEqual(
    expect.objectContaining({ path: '/workspaces', status: 503, why: expect.stringContaining('disk is full') }),
  );
  expect(await canvas.refusal('GET /readyz')).toMatchObject({ status: 503, body: { error: expect.stringContaining('disk is full') } });
  expect(canvas.platform.logged.join()).toContain('the store does not answer');
  await canvas.platform.limitDisk(1_000_000);
  expect((await canvas.ask('GET /readyz')).status).toBe(200);
  expect((await canvas.ask('POST /workspaces', { body })).status).toBe(201);
});
