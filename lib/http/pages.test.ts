import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import type { SignIn } from '#lib/platform/sign-in.ts';
import { signInAddress } from './page-paths.ts';
import { ACTOR_HEADER, decodeActor } from './pages.ts';
import { TestServer } from './test-server.ts';

let canvas: TestServer;
afterEach(() => canvas.close());

/** Shows what a page is told: its policy and who asks. */
async function mirror(request: IncomingMessage, response: ServerResponse): Promise<void> {
  response.setHeader('content-type', 'application/json');
  response.end(
    JSON.stringify({
      csp: request.headers['content-security-policy'],
      actor: decodeActor(String(request.headers[ACTOR_HEADER])),
      url: request.url,
    }),
  );
}

const signIn = (signedIn: () => boolean): SignIn => ({
  personOf: async (headers) => (signedIn() && headers.has('cookie') ? { id: 'ada', name: 'Ada' } : null),
  signIn: () => Promise.reject(new Error('not asked here')),
  setUp: () => Promise.reject(new Error('not asked here')),
  signOut: async () => [],
  needsSetUp: async () => false,
});
const html = { accept: 'text/html,*/*' };

describe('the service worker', () => {
  test('comes to everybody as a script that may ask this Canvas alone, and is asked for again at each visit', async () => {
    canvas = await new TestServer().open({ handle: mirror, serviceWorker: 'self.x = 1;', signIn: signIn(() => false), signInFree: false });
    const answer = await canvas.ask('GET /sw.js');
    expect([answer.status, answer.text]).toEqual([200, 'self.x = 1;']);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'content-type': 'text/javascript; charset=utf-8',
      'content-security-policy': "default-src 'none'; connect-src 'self'",
      'cache-control': 'no-cache',
      'x-content-type-options': 'nosniff',
    });
  });
});

describe('a page', () => {
  test('has a policy with a nonce of its own, told to who renders it and to the browser alike', async () => {
    canvas = await new TestServer().open({ handle: mirror });
    const [first, second] = [await canvas.ask<{ csp: string }>('GET /'), await canvas.ask<{ csp: string }>('GET /')];
    const policy = first.headers.get('content-security-policy') ?? '';
    expect(policy).toMatch(/script-src 'self' 'nonce-[\w+/]{22}==' 'strict-dynamic';/);
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain('unsafe-eval');
    expect(first.body.csp).toBe(policy);
    expect(second.body.csp).not.toBe(policy);
    expect(first.headers.get('cross-origin-opener-policy')).toBe('same-origin');
    expect(first.headers.get('strict-transport-security')).toBeNull();
  });

  test('is told who asks by the server, whatever the client claims', async () => {
    canvas = await new TestServer().open({ handle: mirror });
    const forged = Buffer.from(JSON.stringify({ kind: 'operator', id: 'root', name: 'root' })).toString('base64url');
    const answer = await canvas.ask<{ actor: unknown; csp: string }>('GET /', {
      headers: { [ACTOR_HEADER]: forged, 'content-security-policy': 'none' },
    });
    expect(answer.body.actor).toEqual({ kind: 'operator', id: 'local', name: 'this machine' });
    expect(answer.body.csp).toContain('nonce-');
  });

  test('is answered to a browser where the API answers a program', async () => {
    canvas = await new TestServer().open({ handle: mirror });
    for (const path of ['/restarts', '/restarts/some-run']) {
      expect((await canvas.ask<{ url: string }>(`GET ${path}`, { headers: html })).body.url).toBe(path);
      const fetched = await canvas.ask<{ url: string }>(`GET ${path}?_rsc=1`, { headers: { rsc: '1' } });
      expect(fetched.body.url).toBe(`${path}?_rsc=1`);
    }
    expect((await canvas.ask<{ url: string }>('GET /restarts/bulk/some', { headers: html })).body.url).toBe('/restarts/bulk/some');
    expect(await canvas.ask('GET /restarts')).toMatchObject({ status: 200, body: { items: [] } });
    expect(await canvas.ask('GET /restarts/some-run')).toMatchObject({ status: 404, body: { code: 'not_found' } });
  });

  test('takes GET and HEAD; what lies under an address of the API is answered as JSON', async () => {
    canvas = await new TestServer().open({ handle: mirror });
    expect(await canvas.ask('POST /')).toMatchObject({ status: 405, body: { code: 'method_not_allowed' } });
    expect((await canvas.ask('HEAD /')).status).toBe(200);
    for (const route of ['GET /workspaces/a/b/c', 'GET /registry', 'GET /api/auth/whatever', 'GET /signals/x', 'GET /events/a/b']) {
      expect([route, (await canvas.refusal(route, { headers: html })).body.code]).toEqual([route, 'not_found']);
    }
  });

  test('under a name that is not ours is refused in words, as plain text', async () => {
    canvas = await new TestServer().open({ handle: mirror });
    const socket = connect(canvas.port, '127.0.0.1');
    socket.write('GET / HTTP/1.1\r\nHost: <script>alert(1)</script>\r\nAccept: text/html\r\nConnection: close\r\n\r\n');
    let said = '';
    socket.on('data', (chunk) => {
      said += chunk.toString();
    });
    await once(socket, 'close');
    expect(said).toMatch(/^HTTP\/1\.1 403 [\s\S]*default-src 'none'[\s\S]*&lt;script&gt;/);
    expect(said).not.toContain('<script>');
  });

  test('that asks to be upgraded is hung up on', async () => {
    canvas = await new TestServer().open({ handle: mirror });
    const socket = connect(canvas.port, '127.0.0.1').on('error', () => {});
    socket.write(
      'GET / HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: eA==\r\n\r\n',
    );
    await new Promise((resolve) => socket.once('close', resolve));
    expect(socket.bytesRead).toBe(0);
  });

  test('that cannot be rendered is a failure of ours, logged and not shown', async () => {
    canvas = await new TestServer().open({ handle: () => Promise.reject(new Error('inner workings')) });
    const answer = await canvas.ask('GET /', { headers: html });
    expect(answer.status).toBe(500);
    expect(answer.text).not.toContain('inner workings');
    expect(canvas.lines.join('')).toContain('inner workings');
  });

  test('whose reader left gives its place to another, also when the renderer does not notice', async () => {
    let begun = 0;
    canvas = await new TestServer().open({
      handle: (_request, response) => {
        begun += 1;
        if (begun <= 24) return new Promise(() => {});
        response.end('made');
        return Promise.resolve();
      },
    });
    const leave = new AbortController();
    const left = Array.from({ length: 24 }, () => fetch(canvas.url, { signal: leave.signal }).catch(() => 'left'));
    while (begun < 24) await new Promise((resolve) => setImmediate(resolve));
    expect((await canvas.ask('GET /')).status).toBe(503);
    leave.abort();
    await Promise.all(left);
    await canvas.server.log.idle();
    expect((await canvas.ask('GET /')).status).toBe(200);
  });

  test('beyond what may be rendered at once is put off; files of the build never are', async () => {
    let finish = () => {};
    const held = new Promise<void>((resolve) => {
      finish = resolve;
    });
    let begun = 0;
    let allBegun = () => {};
    const twentyFour = new Promise<void>((resolve) => {
      allBegun = resolve;
    });
    canvas = await new TestServer().open({
      handle: async (request, response) => {
        if (!request.url?.startsWith('/_next')) {
          begun += 1;
          if (begun === 24) allBegun();
          await held;
        }
        response.end('made');
      },
    });
    const pages = Array.from({ length: 24 }, () => canvas.ask('GET /'));
    await twentyFour;
    const refused = await canvas.ask('GET /', { headers: html });
    expect([refused.status, refused.headers.get('retry-after'), refused.headers.get('content-type')]).toEqual([
      503,
      '2',
      'text/html; charset=utf-8',
    ]);
    expect((await canvas.ask('GET /_next/static/chunk.js')).status).toBe(200);
    finish();
    for (const page of await Promise.all(pages)) expect(page.status).toBe(200);
  });
});

describe('where people sign in', () => {
  test('a page leads to the sign-in page and back, files and the sign-in page itself are open', async () => {
    let signedIn = false;
    canvas = await new TestServer().open({
      handle: mirror,
      policy: { loopback: false, publicUrl: 'https://canvas.example' },
      signIn: signIn(() => signedIn),
      signInFree: false,
    });
    const headers = { cookie: 'session=1', host: 'canvas.example' };
    const away = await canvas.ask('GET /w/abc?tab=log&_rsc=1', { headers });
    expect([away.status, away.headers.get('location')]).toEqual([303, '/sign-in?next=%2Fw%2Fabc%3Ftab%3Dlog']);
    expect((await canvas.ask<{ actor: unknown }>('GET /sign-in', { headers })).body.actor).toBeNull();
    expect((await canvas.ask('GET /setup?token=x', { headers })).status).toBe(200);
    expect((await canvas.ask('GET /_next/static/chunk.js', { headers })).status).toBe(200);
    signedIn = true;
    const page = await canvas.ask<{ actor: unknown }>('GET /w/abc', { headers });
    expect(page.body.actor).toEqual({ kind: 'operator', id: 'ada', name: 'Ada' });
    expect(page.headers.get('strict-transport-security')).toContain('max-age');
  });

  test.each([
    ['/', '/sign-in'],
    ['/?_rsc=abc', '/sign-in'],
    ['/w/a%2Fb', '/sign-in?next=%2Fw%2Fa%252Fb'],
    ['//evil.example/x', '/sign-in?next=%2Fevil.example%2Fx'],
    ['///evil.example', '/sign-in?next=%2Fevil.example'],
  ])('%s leads to %s', async (asked, address) => {
    canvas = await new TestServer().open();
    expect(signInAddress(asked)).toBe(address);
  });
});
