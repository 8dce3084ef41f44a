import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { ApiError, callApi } from './api.ts';

const closers: (() => void)[] = [];
const realFetch = globalThis.fetch;

/** A real server; the page's relative addresses are resolved against it, as a browser would. */
async function serve(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<void> {
  const server = createServer(answer).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  globalThis.fetch = (input, init) => realFetch(new URL(String(input), `http://127.0.0.1:${port}`), init);
  closers.push(() => {
    server.closeAllConnections();
    server.close();
  });
}

afterEach(() => {
  globalThis.fetch = realFetch;
  for (const close of closers.splice(0)) close();
});

describe('callApi', () => {
  it('fills the path, the query and the body', async () => {
    const seen: unknown[] = [];
    await serve((request, response) => {
      seen.push(request.method, request.url, request.headers['content-type']);
      request.pipe(response.writeHead(201, { 'content-type': 'application/json' }));
    });
    const answer = await callApi('POST /workspaces/:id/tokens', {
      params: { id: 'a/b' },
      query: { x: 1, y: undefined },
      body: { rotate: true },
    });
    expect(seen).toEqual(['POST', '/workspaces/a%2Fb/tokens?x=1', 'application/json']);
    expect(answer).toEqual({ rotate: true });
  });

  it('turns a refusal into an error that can be told apart and shown', async () => {
    await serve((_, response) =>
      response.writeHead(409).end(JSON.stringify({ error: 'It has children', code: 'conflict', details: { children: [1] } })),
    );
    const refused = await callApi('DELETE /workspaces/:id', { params: { id: 'a' } }).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(ApiError);
    expect(refused).toMatchObject({ status: 409, code: 'conflict', message: 'It has children', details: { children: [1] } });
  });

  it('says so when an answer is no JSON', async () => {
    await serve((_, response) => response.writeHead(502).end('<html>bad gateway'));
    await expect(callApi('GET /workspaces')).rejects.toMatchObject({ status: 502, code: 'internal' });
  });

  it('says so when nobody answers', async () => {
    await serve((request) => request.socket.destroy());
    await expect(callApi('GET /workspaces')).rejects.toMatchObject({ status: 0, code: 'unavailable' });
  });

  it('passes on that it was cancelled', async () => {
    const asked = new AbortController();
    await serve(() => asked.abort());
    await expect(callApi('GET /workspaces', { signal: asked.signal })).rejects.toMatchObject({ name: 'AbortError' });
  });
});
