import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { httpAgentSchema } from './config-schema.ts';
import { HttpAgent } from './http-agent.ts';
import { testTask } from './test-task.ts';

let server: Server;
let url: string;
let reply: { status: number; type: string; body: string } | null;
let seen: { headers: Record<string, unknown>; body: unknown }[];

beforeEach(async () => {
  reply = { status: 200, type: 'application/json', body: '{"text":"hello"}' };
  seen = [];
  server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk) => (text += chunk));
    request.on('end', () => {
      seen.push({ headers: request.headers, body: JSON.parse(text) });
      if (reply) response.writeHead(reply.status, { 'content-type': reply.type }).end(reply.body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/ask`;
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const ask = (more: object = {}, signal = new AbortController().signal) =>
  new HttpAgent(httpAgentSchema.parse({ kind: 'http', url, ...more })).handle(testTask({ redelivered: true, signal }));

test('it is asked with text and conversation, and may answer as JSON or as text', async () => {
  expect(await ask({ headers: { 'x-key': 'k' } })).toEqual({ text: 'hello' });
  expect(seen[0]).toMatchObject({
    headers: {
      'x-key': 'k',
      'content-type': 'application/json',
      traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    },
    body: { text: 'hi', context_id: 'c1', task_id: 't1', message_id: 'm1', redelivered: true, untrusted_delegation_results: [] },
  });
  reply = { status: 200, type: 'application/json; charset=utf-8', body: '"just a string"' };
  expect(await ask()).toEqual({ text: 'just a string' });
  reply = { status: 200, type: 'text/plain', body: '{"plain": true}' };
  expect(await ask()).toEqual({ text: '{"plain": true}' });
});

test.each([
  [{ status: 500, type: 'text/plain', body: 'out of memory' }, 'answered 500: out of memory'],
  [{ status: 200, type: 'application/json', body: '{' }, 'called its answer JSON'],
  [{ status: 200, type: 'application/json', body: '{"answer":1}' }, 'JSON without a "text"'],
])('%j is a failure with its reason', async (given, message) => {
  reply = given;
  await expect(ask()).rejects.toMatchObject({ code: 'upstream_failed', message: expect.stringContaining(message) });
});

test('a service that does not answer in time, or whose task is cancelled, is given up', async () => {
  reply = null;
  await expect(ask({ timeout_seconds: 0.05 })).rejects.toMatchObject({ code: 'timeout' });
  const cancel = new AbortController();
  const asked = ask({}, cancel.signal);
  cancel.abort();
  await expect(asked).rejects.toMatchObject({ code: 'timeout', message: expect.stringContaining('cancelled') });
});
