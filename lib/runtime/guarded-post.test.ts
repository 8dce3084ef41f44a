import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import type { CanvasError } from '#lib/contract/errors.ts';
import { readAllowedTargets } from '#lib/domain/address-guard.ts';
import { GuardedPost, type GuardedPostOptions, type Resolve } from './guarded-post.ts';

const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

async function listen(answer: RequestListener): Promise<number> {
  const server = createServer(answer);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

const LOOPBACK = '127.0.0.1';
const send = (url: string, allowed: string, more: Partial<GuardedPostOptions> = {}, signal = new AbortController().signal) =>
  new GuardedPost({ allowed: readAllowedTargets(allowed), speaker: 'Atlas', ...more }).send(
    new URL(url),
    { 'x-some': 'thing' },
    '{"ü":1}',
    signal,
  );
const refusal = (sent: Promise<unknown>): Promise<{ code: string; message: string }> =>
  sent.then(
    () => {
      throw new Error('it was sent');
    },
    ({ code, message }: CanvasError) => ({ code, message }),
  );

test('goes to what the setting allows', async () => {
  const heard: string[] = [];
  const port = await listen((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += String(chunk);
    });
    request.on('end', () => {
      heard.push(`${request.method} ${request.url} ${request.headers['x-some']} ${request.headers.host} ${body}`);
      response.writeHead(204).end();
    });
  });
  await send(`http://127.0.0.1:${port}/a?b=1`, LOOPBACK);
  await send(`http://hook.example:${port}/c`, '127.0.0.0/8', { resolve: async () => ['10.0.0.1', '127.0.0.1'] });
  expect(heard).toEqual([`POST /a?b=1 thing 127.0.0.1:${port} {"ü":1}`, `POST /c thing hook.example:${port} {"ü":1}`]);
});

test.each(['127.0.0.1', '127.1', '2130706433', '0x7f.0.0.1', '0177.1', '[::1]', '[::ffff:127.0.0.1]', '0', 'localhost', 'localhost.'])(
  '%s is refused before anything is connected',
  async (host) => {
    let reached = 0;
    const port = await listen((_request, response) => {
      reached += 1;
      response.end();
    });
    const { code, message } = await refusal(send(`http://${host}:${port}/`, ''));
    expect({ code, reached }).toEqual({ code: 'forbidden', reached: 0 });
    expect(message).toMatch(/^Atlas does not send to .* CANVAS_ALLOWED_TARGETS and start Atlas again\.$/);
  },
);

test('a name is asked for once, and what was judged is connected to, whatever it stands for then', async () => {
  let reached = 0;
  const port = await listen((_request, response) => {
    reached += 1;
    response.end();
  });
  const asked: string[] = [];
  // The documentation block leads nowhere.
  const rebinding: Resolve = async (host) => (asked.push(host) === 1 ? ['203.0.113.200'] : ['127.0.0.1']);
  const more = { resolve: rebinding, connectMs: 200 };
  const { code } = await refusal(send(`http://rebind.example:${port}/`, '203.0.113.0/24', more));
  expect(['timeout', 'upstream_unreachable']).toContain(code);
  expect(asked).toEqual(['rebind.example']);
  expect(await refusal(send(`http://rebind.example:${port}/`, '203.0.113.0/24', more))).toMatchObject({ code: 'forbidden' });
  expect(reached).toBe(0);
});

test.each([301, 302, 307, 308])('%s is a failure, and is not followed', async (status) => {
  const asked: string[] = [];
  const port = await listen((request, response) => {
    asked.push(String(request.url));
    response.writeHead(status, { location: `http://127.0.0.1:${port}/inside` }).end();
  });
  expect(await refusal(send(`http://127.0.0.1:${port}/secret`, LOOPBACK))).toEqual({
    code: 'upstream_failed',
    message: `127.0.0.1:${port} answered ${status}: redirects are not followed`,
  });
  expect(asked).toEqual(['/secret']);
});

test('what fails is told by its host, without the path', async () => {
  const broken = await listen((_request, response) => response.writeHead(500).end());
  expect(await refusal(send(`http://127.0.0.1:${broken}/secret`, LOOPBACK))).toEqual({
    code: 'upstream_failed',
    message: `127.0.0.1:${broken} answered 500`,
  });
  const silent = await listen(() => {});
  expect(await refusal(send(`http://127.0.0.1:${silent}/secret`, LOOPBACK, { totalMs: 50 }))).toMatchObject({
    code: 'timeout',
    message: expect.stringContaining(`127.0.0.1:${silent} did not answer`),
  });
  const endless = await listen((_request, response) => response.end('x'.repeat(70_000)));
  expect(await refusal(send(`http://127.0.0.1:${endless}/secret`, LOOPBACK))).toMatchObject({ code: 'too_large' });
  await new Promise((resolve) => servers.pop()?.close(resolve));
  const { message } = await refusal(send(`http://127.0.0.1:${endless}/secret`, LOOPBACK));
  expect(message).toContain(`127.0.0.1:${endless} failed: ECONNREFUSED`);
  const missing: Resolve = () => Promise.reject(Object.assign(new Error('no'), { code: 'ENOTFOUND' }));
  expect(await refusal(send('http://nowhere.example/secret', '', { resolve: missing }))).toEqual({
    code: 'upstream_unreachable',
    message: 'nowhere.example was not found (ENOTFOUND). Check the name.',
  });
  const never: Resolve = () => new Promise(() => {});
  expect(await refusal(send('http://slow.example/', '', { resolve: never, connectMs: 50 }))).toMatchObject({
    message: expect.stringContaining('slow.example was not found'),
  });
});

test('is given up when its sender ends', async () => {
  const ending = new AbortController();
  const port = await listen(() => ending.abort());
  expect(await refusal(send(`http://127.0.0.1:${port}/`, LOOPBACK, {}, ending.signal))).toMatchObject({ code: 'timeout' });
});
