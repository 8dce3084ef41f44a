import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ENDPOINTS } from '#lib/contract/endpoints.ts';
import { TestServer } from './test-server.ts';

let canvas: TestServer;

beforeEach(async () => {
  canvas = await new TestServer().open();
});
afterEach(() => canvas.close());

/** Everything that the server says to these bytes until it hangs up. */
async function raw(bytes: string): Promise<string> {
  const socket = connect(canvas.port, '127.0.0.1');
  let said = '';
  socket.on('data', (chunk) => {
    said += chunk.toString();
  });
  socket.write(bytes);
  await once(socket, 'close');
  return said;
}

describe('bodies', () => {
  test.each([
    ['text/plain', '{"name":"A"}', 415],
    ['application/x-www-form-urlencoded', 'name=A', 415],
    ['multipart/form-data; boundary=x', '--x--', 415],
    ['application/json', '{"name":', 400],
    ['application/json', '[]', 400],
    ['application/json', '"text"', 400],
    ['application/json', '', 400],
    ['application/json', '{"name":"A","__proto__":{"polluted":true}}', 400],
    ['application/json', '{"name":"A","config":{"constructor":{"prototype":{}}}}', 400],
    ['application/json; charset=utf-8', '{"name":"A","name":"B"}', 201],
    ['application/json', `{"name":"[[[{{{\\"[","config":{}}`, 201],
  ])('%s %s: %i', async (type, body, status) => {
    const answer = await canvas.refusal('POST /workspaces', { headers: { 'content-type': type }, body });
    expect(answer.status).toBe(status);
    if (status >= 400)
      expect(answer.body).toMatchObject({ error: expect.any(String), code: expect.any(String), request_id: expect.any(String) });
  });

  test.each([64, 65])('a body %i levels deep', async (levels) => {
    const body = `{"name":"deep","config":${'{"a":'.repeat(levels - 1)}1${'}'.repeat(levels - 1)}}`;
    expect((await canvas.ask('POST /workspaces', { body })).status).toBe(levels > 64 ? 400 : 201);
  });

  test('the deepest body that fits is refused without harm', async () => {
    const answer = await canvas.refusal('POST /workspaces', { body: `{"name":"A","config":${'['.repeat(400_000)}${']'.repeat(400_000)}}` });
    expect(answer.status).toBe(400);
    expect((await canvas.ask('GET /healthz')).status).toBe(200);
  });

  test('a body over the limit is refused as JSON, whether its length was said or not', async () => {
    const big = JSON.stringify({ name: 'A', role: 'x'.repeat(1024 * 1024) });
    const answer = await canvas.refusal('POST /workspaces', { body: big });
    expect(answer).toMatchObject({ status: 413, body: { code: 'too_large' } });
    const chunk = 'x'.repeat(64 * 1024);
    const chunked = await raw(
      `POST /registry/heartbeat HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n10000\r\n${chunk}\r\n1\r\nx\r\n0\r\n\r\n`,
    );
    expect(chunked).toMatch(/^HTTP\/1\.1 413 [\s\S]*"code":"too_large"/);
  });

  test('an empty body with a content type counts as none where none is needed', async () => {
    const { id } = await canvas.workspace('Atlas');
    const answer = await canvas.ask(`POST /workspaces/${id}/join-codes`, { headers: { 'content-type': 'application/json' }, body: '' });
    expect(answer.status).toBe(201);
  });
});

describe('addresses and methods', () => {
  test.each([
    ['GET /nowhere', 404, 'not_found'],
    ['GET /registry/nowhere', 404, 'not_found'],
    ['POST /nowhere', 404, 'not_found'],
    ['GET /workspaces/%zz', 400, 'bad_request'],
    ['PUT /workspaces', 405, 'method_not_allowed'],
    ['OPTIONS /registry/heartbeat', 405, 'method_not_allowed'],
    ['DELETE /healthz', 405, 'method_not_allowed'],
  ])('%s: %i %s', async (route, status, code) => {
    const answer = await canvas.refusal(route);
    expect(answer).toMatchObject({ status, body: { code, error: expect.any(String), request_id: expect.any(String) } });
  });

  test('an address or an id that is too long is refused', async () => {
    expect(await canvas.refusal(`GET /workspaces/${'x'.repeat(300)}`)).toMatchObject({ status: 404, body: { code: 'not_found' } });
    expect(await canvas.refusal(`GET /workspaces?q=${'x'.repeat(9000)}`)).toMatchObject({ status: 413, body: { code: 'too_large' } });
  });

  test('a refused method names those that are taken', async () => {
    expect((await canvas.ask('PUT /workspaces')).headers.get('allow')).toBe('GET, HEAD, POST');
    expect((await canvas.ask('POST /events')).headers.get('allow')).toBe('GET');
  });

  test('HEAD answers like GET without a body, but never opens the stream', async () => {
    expect(await canvas.ask('HEAD /healthz')).toMatchObject({ status: 200, text: '' });
    expect(await canvas.ask('HEAD /workspaces')).toMatchObject({ status: 200, text: '' });
    expect((await canvas.ask('HEAD /events', { headers: { accept: 'text/event-stream' } })).status).toBe(405);
    expect(canvas.server.stream.readers).toBe(0);
  });

  test('a slash at the end makes no difference', async () => {
    expect((await canvas.ask('GET /workspaces/')).status).toBe(200);
    expect((await canvas.beat(await canvas.workspace('Atlas'))).status).toBe(200);
  });
});

describe('what the parser meets', () => {
  test('headers without end, nonsense and a lie about the length are answered as JSON', async () => {
    expect(await raw(`GET / HTTP/1.1\r\nHost: localhost\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`)).toMatch(
      /^HTTP\/1\.1 431 [\s\S]*"code":"too_large"/,
    );
    expect(await raw('nonsense\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 [\s\S]*x-content-type-options: nosniff[\s\S]*"code":"bad_request"/);
    expect(
      await raw('POST /workspaces HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'),
    ).toMatch(/^HTTP\/1\.1 400 /);
  });

  test('an address in absolute form is judged by its Host header like any other', async () => {
    expect(await raw('GET http://evil.example/workspaces HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n')).toMatch(
      /^HTTP\/1\.1 403 /,
    );
  });

  test('a client that never finishes its request is told so', async () => {
    const { server } = canvas.server.app;
    expect(server).toMatchObject({ headersTimeout: 10_000, requestTimeout: 30_000, timeout: 60_000, keepAliveTimeout: 75_000 });
  });
});

test('every answer carries the security headers', async () => {
  const { id } = await canvas.workspace('Atlas');
  for (const route of [
    'GET /healthz',
    'GET /workspaces',
    `GET /workspaces/${id}`,
    'GET /nowhere',
    'PUT /workspaces',
    'POST /registry/heartbeat',
  ]) {
    const { headers } = await canvas.ask(route);
    expect([
      route,
      headers.get('x-content-type-options'),
      headers.get('content-security-policy'),
      headers.get('cache-control'),
      headers.get('cross-origin-resource-policy'),
    ]).toEqual([route, 'nosniff', "default-src 'none'; frame-ancestors 'none'", 'no-store', 'same-origin']);
  }
});

describe('the log', () => {
  const requests = () =>
    canvas.lines.map((line) => JSON.parse(line) as Record<string, unknown>).filter((line) => line['msg'] === 'request');

  test('has one line a request: reading at debug, changing and refusals at info, with the id that the caller saw', async () => {
    const made = await canvas.ask<{ id: string }>('POST /workspaces', { body: { name: 'Atlas' } });
    await canvas.ask(`GET /workspaces/${made.body.id}`);
    const refused = await canvas.refusal('GET /workspaces/nobody?token=abc');
    expect(requests()).toEqual([
      expect.objectContaining({ level: 30, method: 'POST', path: '/workspaces', status: 201 }),
      expect.objectContaining({ level: 20, method: 'GET', status: 200 }),
      expect.objectContaining({ level: 30, status: 404, path: '/workspaces/nobody', request_id: refused.body.request_id }),
    ]);
  });

  test('has a stream once, when its reader has left', async () => {
    const leave = new AbortController();
    const response = await fetch(`${canvas.url}/events`, { headers: { accept: 'text/event-stream' }, signal: leave.signal });
    await response.body?.getReader().read();
    expect(requests()).toEqual([]);
    leave.abort();
    await canvas.server.log.idle();
    expect(requests()).toEqual([expect.objectContaining({ path: '/events', status: 200, left_early: true })]);
  });

  test('writes at most fifty refusals a second, and counts the rest', async () => {
    await Promise.all(Array.from({ length: 120 }, () => canvas.ask('GET /workspaces/nobody')));
    expect(requests().length).toBeLessThan(110);
  });
});

test('a failure of ours is logged whole and shown as its request id only', async () => {
  const list = canvas.platform.deps.fleet.all.bind(canvas.platform.deps.fleet);
  canvas.platform.deps.fleet.all = () => {
    throw new TypeError('inner workings');
  };
  const answer = await canvas.refusal('GET /workspaces');
  canvas.platform.deps.fleet.all = list;
  expect(answer).toMatchObject({ status: 500, body: { code: 'internal' } });
  expect(answer.text).not.toContain('inner workings');
  expect(canvas.lines.filter((line) => line.includes('inner workings') && line.includes(answer.body.request_id ?? '-'))).toHaveLength(1);
});

test('every endpoint of the table is served', async () => {
  for (const { method, path } of Object.values(ENDPOINTS)) {
    expect(canvas.server.app.hasRoute({ method, url: path }), `${method} ${path}`).toBe(true);
  }
});

test('ends with open streams, idle connections and a request under way, within a second', async () => {
  const stream = await fetch(`${canvas.url}/events`, { headers: { accept: 'text/event-stream' } });
  const reader = stream.body?.getReader();
  await reader?.read();
  const idle = connect(canvas.port, '127.0.0.1').on('error', () => {});
  await once(idle, 'connect');
  const slow = connect(canvas.port, '127.0.0.1').on('error', () => {});
  slow.write('POST /workspaces HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{');
  await once(slow, 'connect');
  // events.once would reject on the reset that a cut connection may see.
  const closed = Promise.all([idle, slow].map((socket) => new Promise((resolve) => socket.once('close', resolve))));
  const began = performance.now();
  await canvas.server.app.close();
  expect(performance.now() - began).toBeLessThan(1000);
  await closed;
  expect((await reader?.read())?.done).toBe(true);
  canvas = await new TestServer().open();
});
