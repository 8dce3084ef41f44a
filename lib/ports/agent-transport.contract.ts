import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type AgentTransport, mayHaveBegun, type TransportCall, wasSilent } from './agent-transport.ts';

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

    const aCall = (some: Partial<TransportCall> = {}): TransportCall => ({
      url,
      method: 'POST',
      headers: { 'x-some': 'thing' },
      body: '{"ü":1}',
      timeoutMs: 10_000,
      maxBytes: 1000,
      ...some,
    });
    const call = (some: Partial<TransportCall> = {}) => transport.call(aCall(some));
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

    test('the same for an answer that did not say how long it is', async () => {
      answer = (request, response) => void response.write('half', () => request.socket.destroy());
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

    test('no connection in time: unreachable, and not begun', async () => {
      const mute = createTcpServer((socket) => socket.resume());
      await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve));
      const secure = new URL(`https://127.0.0.1:${(mute.address() as AddressInfo).port}/`);
      expect(await loss({ url: secure, timeoutMs: null, connectMs: 50 })).toEqual({ code: 'upstream_unreachable', begun: false });
      await new Promise((resolve) => mute.close(resolve));
    });

    test('silence: before the first byte and after it, unless there is another sign of life', async () => {
      let signs = 0;
      const silence = {
        ms: 40,
        sinceSign: () => {
          signs += 1;
          return signs < 4 ? 0 : Number.POSITIVE_INFINITY;
        },
      };
      answer = () => {};
      await expect(call({ timeoutMs: null, silence })).rejects.toSatisfy(wasSilent);
      expect(signs).toBe(4);
      answer = (_request, response) => void response.write('half');
      expect(await loss({ timeoutMs: null, silence: { ms: 40 } })).toEqual({ code: 'timeout', begun: true });
    });

    test('silence does not count while the answer is not read', async () => {
      answer = (_request, response) => void response.write('one', () => response.end('two'));
      let lives = true;
      const silence = { ms: 10, sinceSign: () => (lives ? 0 : Number.POSITIVE_INFINITY) };
      const { chunks } = await transport.open({ ...aCall(), timeoutMs: null, silence });
      const all: string[] = [];
      for await (const chunk of chunks) {
        lives = false;
        await new Promise((resolve) => setTimeout(resolve, 50));
        lives = true;
        all.push(Buffer.from(chunk).toString());
      }
      expect(all.join('')).toBe('onetwo');
    });

    test('an answer comes as it is made, and no faster than it is read', async () => {
      const MB = 1024 * 1024;
      let sent = 0;
      answer = (_request, response) => {
        response.writeHead(201, { 'content-type': 'Text/Event-Stream; charset=utf-8' });
        const more = () => {
          while (sent < 64 * MB) {
            sent += MB;
            if (!response.write('x'.repeat(MB))) return void response.once('drain', more);
          }
          response.end();
        };
        more();
      };
      const { status, contentType, chunks } = await transport.open({ ...aCall(), timeoutMs: null, maxBytes: 100 * MB });
      expect([status, contentType]).toEqual([201, 'text/event-stream']);
      let size = 0;
      for await (const chunk of chunks) {
        size += chunk.length;
        // A transport that reads ahead reads five times while one piece is taken.
        for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
        expect(sent - size).toBeLessThan(24 * MB);
      }
      expect(size).toBe(64 * MB);
    });

    test('who stops reading ends the connection; who gives up is told so', async () => {
      const closed: (() => void)[] = [];
      const isClosed = () => new Promise<void>((resolve) => closed.push(resolve));
      answer = (request, response) => {
        request.socket.once('close', () => closed.shift()?.());
        response.write('first');
      };
      const one = isClosed();
      for await (const _chunk of (await transport.open({ ...aCall(), timeoutMs: null })).chunks) break;
      await one;
      const two = isClosed();
      const giveUp = new AbortController();
      const { chunks } = await transport.open({ ...aCall(), timeoutMs: null, signal: giveUp.signal });
      await expect(
        (async () => {
          for await (const _chunk of chunks) giveUp.abort();
        })(),
      ).rejects.toMatchObject({ code: 'timeout' });
      await two;
    });

    test('too long an answer: refused, not cut', async () => {
      answer = (_request, response) => response.end('x'.repeat(1001));
      expect(await loss()).toEqual({ code: 'upstream_failed', begun: true });
      answer = (_request, response) => response.end('x'.repeat(1000));
      expect((await call()).text).toHaveLength(1000);
    });
  });
}
