import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type AgentTransport, mayHaveBegun, type TransportCall } from './agent-transport.ts';

/** Holds a transport to the promises of `agent-transport.ts`. Every implementation runs it, over real sockets. */
export function agentTransportContract(name: string, make: () => AgentTransport): void {
  describe(`${name} keeps the promises of an agent transport`, () => {
    let transport: AgentTransport;
    let server: Server;
    let url: URL;
    let answer: (request: IncomingMessage, response: ServerResponse) => void;
    const asked: string[] = [];

    beforeEach(async () => {
      asked.length = 0;
      transport = make();
      server = createServer((request, response) => {
        asked.push(`${request.method} ${request.url}`);
        answer(request, response);
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/at?q=1`);
    });
    afterEach(async () => {
      transport.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    });

    const call = (some: Partial<TransportCall> = {}) =>
      transport.call({ url, method: 'POST', headers: { 'x-some': 'thing' }, body: '{"ü":1}', timeoutMs: 10_000, maxBytes: 1000, ...some });
    const loss = (some: Partial<TransportCall> = {}): Promise<{ code: string; begun: boolean }> =>
      call(some).then(
        () => {
          throw new Error('it was answered');
        },
        (thrown: { code: string }) => ({ code: thrown.code, begun: mayHaveBegun(thrown) }),
      );

    test('headers and body arrive, status and text come back', async () => {
      answer = (request, response) => {
        let body = '';
        request.on('data', (chunk) => {
          body += String(chunk);
        });
        request.on('end', () => response.writeHead(418).end(`${request.headers['x-some']} ${body} ü`));
      };
      expect(await call()).toEqual({ status: 418, text: 'thing {"ü":1} ü' });
      expect(asked).toEqual(['POST /at?q=1']);
    });

    test('a redirect is an answer and is not followed', async () => {
      answer = (_request, response) => response.writeHead(307, { location: '/elsewhere' }).end();
      expect(await call()).toMatchObject({ status: 307 });
      expect(asked).toHaveLength(1);
    });

    test('one call after another works, also when the connection was closed in between', async () => {
      answer = (_request, response) => response.end('ok');
      await call();
      server.closeAllConnections();
      expect(await call()).toEqual({ status: 200, text: 'ok' });
    });

    test('nobody listens: unreachable, and not begun', async () => {
      const port = url.port;
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      expect(await loss()).toEqual({ code: 'upstream_unreachable', begun: false });
      expect(await loss({ timeoutMs: null })).toEqual({ code: 'upstream_unreachable', begun: false });
      await expect(call()).rejects.toThrow(new RegExp(`127\\.0\\.0\\.1:${port}.*ECONNREFUSED`));
    });

    test('a connection that ends without an answer: unreachable, perhaps begun, and never repeated', async () => {
      answer = (request) => request.socket.destroy();
      expect(await loss({ timeoutMs: null })).toEqual({ code: 'upstream_unreachable', begun: true });
      expect(asked).toHaveLength(1);
    });

    test('a connection that ends within the answer: unreachable, perhaps begun', async () => {
      answer = (request, response) => {
        response.writeHead(200, { 'content-length': '100' });
        response.write('half', () => request.socket.destroy());
      };
      expect(await loss({ timeoutMs: null })).toEqual({ code: 'upstream_unreachable', begun: true });
    });

    test('no answer in time: timeout', async () => {
      answer = () => {};
      expect(await loss({ timeoutMs: 50 })).toEqual({ code: 'timeout', begun: true });
    });

    test('the caller gives up: timeout, before it began or within it', async () => {
      const giveUp = new AbortController();
      answer = () => giveUp.abort();
      expect(await loss({ timeoutMs: null, signal: giveUp.signal })).toEqual({ code: 'timeout', begun: true });
      expect(await loss({ timeoutMs: null, signal: giveUp.signal })).toEqual({ code: 'timeout', begun: false });
      expect(asked).toHaveLength(1);
    });

    test('too long an answer: refused, not cut', async () => {
      answer = (_request, response) => response.end('x'.repeat(1001));
      expect(await loss()).toEqual({ code: 'upstream_failed', begun: true });
      answer = (_request, response) => response.end('x'.repeat(1000));
      expect((await call()).text).toHaveLength(1000);
    });
  });
}
