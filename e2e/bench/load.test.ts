import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { paced } from './paced.ts';
import { pump, shedIn } from './pump.ts';
import { postBytes, RawConnection } from './raw-connection.ts';

let server: Server | null = null;

afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

async function serve(listener: RequestListener): Promise<number> {
  const made = createServer(listener);
  server = made;
  await new Promise<void>((resolve) => made.listen(0, '127.0.0.1', resolve));
  return (made.address() as AddressInfo).port;
}

/** Tells the path, the token and the body that really came. */
const echo: (heard: string[]) => RequestListener = (heard) => (request, response) => {
  let body = '';
  request.on('data', (chunk: Buffer) => {
    body += chunk.toString();
  });
  request.on('end', () => {
    heard.push(`${request.url} ${request.headers.authorization} ${body}`);
    response.setHeader('content-length', 2);
    response.end('ok');
  });
};

const status = (connection: RawConnection, bytes: Buffer) => new Promise<number>((resolve) => connection.send(bytes, resolve));

test('a raw connection sends what a client would, again and again', async () => {
  const heard: string[] = [];
  const connection = new RawConnection(await serve(echo(heard)));
  expect(await status(connection, postBytes('/a', 'T1', { text: 'größer' }))).toBe(200);
  expect(await status(connection, postBytes('/b', 'T2', {}))).toBe(200);
  expect(heard).toEqual(['/a Bearer T1 {"text":"größer"}', '/b Bearer T2 {}']);
  connection.close();
});

test('an answer in pieces counts when it is whole, and not before', async () => {
  let finish = () => {};
  const port = await serve((request, response) => {
    response.writeHead(request.url === '/pieces' ? 503 : 200, { 'content-length': 6 });
    if (request.url !== '/pieces') response.end('abcdef');
    else {
      response.write('abc');
      finish = () => response.end('def');
    }
  });
  const connection = new RawConnection(port);
  let answered = false;
  const pieces = status(connection, postBytes('/pieces', '', {})).then((got) => {
    answered = true;
    return got;
  });
  // Whoever asks later has its answer after the first piece of the other has arrived.
  const other = new RawConnection(port);
  for (let n = 0; n < 3; n += 1) expect(await status(other, postBytes('/whole', '', {}))).toBe(200);
  expect(answered).toBe(false);
  finish();
  expect(await pieces).toBe(503);
  connection.close();
  other.close();
});

test('a broken connection is no answer, and the next request opens another', async () => {
  let requests = 0;
  const port = await serve((request, response) => {
    requests += 1;
    if (requests === 1) request.socket.destroy();
    else response.writeHead(200, { 'content-length': 0 }).end();
  });
  const connection = new RawConnection(port);
  expect([await status(connection, postBytes('/', '', {})), await status(connection, postBytes('/', '', {}))]).toEqual([0, 200]);
  connection.close();
});

test('the pace sends each sender its share, and counts what came back', async () => {
  const heard: string[] = [];
  const port = await serve((request, response) => {
    heard.push(request.url ?? '');
    response.writeHead(request.url === '/3' ? 503 : 200, { 'content-length': 0 }).end();
  });
  const requestOf = (sender: number) => postBytes(`/${sender}`, '', {});
  const result = await paced({ port, senders: 5, everyMs: 100, forMs: 400, requestOf });
  expect(result.sent).toBe(20 - result.skipped);
  expect(heard).toHaveLength(result.sent);
  const refused = heard.filter((path) => path === '/3').length;
  expect(result.refused).toEqual(new Map([[503, refused]]));
  expect(result.accepted).toBe(result.sent - refused);
  expect(result.acceptedOf.reduce((sum, n) => sum + n, 0)).toBe(result.accepted);
});

test('the pump counts what it sent and what was shed, and takes no other refusal', async () => {
  let requests = 0;
  const port = await serve((_request, response) => {
    requests += 1;
    response.writeHead(requests === 2 ? 503 : 200, { 'content-length': 0 }).end();
  });
  const pumped = await pump({ port, connections: 3, ms: 100, requestOf: () => postBytes('/', '', {}) });
  expect(pumped.sent).toBe(requests);
  expect(pumped.latency.count).toBe(requests);
  expect(shedIn('here', pumped)).toBe(1);
  expect(() => shedIn('here', { ...pumped, statuses: new Map([[401, 2]]) })).toThrow('2 × 401');
});
