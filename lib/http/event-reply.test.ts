import { request as httpRequest, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import Fastify from 'fastify';
import { afterEach, expect, test } from 'vitest';
import { EventReply } from './event-reply.ts';

const app = { close: async () => {} };
afterEach(() => app.close());

/** What one route answers, sent as `work` says. */
async function answerOf(work: (reply: EventReply) => Promise<void>): Promise<IncomingMessage> {
  const server = Fastify({ forceCloseConnections: true });
  app.close = () => server.close();
  server.get('/', async (_request, reply) => {
    reply.header('x-own', '1');
    const events = new EventReply(reply);
    await work(events);
    events.end();
    return reply;
  });
  await server.listen({ host: '127.0.0.1', port: 0 });
  return new Promise((resolve) => httpRequest(`http://127.0.0.1:${(server.server.address() as AddressInfo).port}/`, resolve).end());
}

test('events go out as they are sent, with the headers that were set', async () => {
  const answer = await answerOf(async (reply) => {
    await reply.send({ a: 1 });
    await reply.send({ a: 'line\nbreak' });
  });
  let text = '';
  for await (const chunk of answer) text += String(chunk);
  expect(text).toBe('data: {"a":1}\n\ndata: {"a":"line\\nbreak"}\n\n');
  expect(answer.headers).toMatchObject({
    'x-own': '1',
    'content-type': 'text/event-stream; charset=utf-8',
    'x-content-type-options': 'nosniff',
  });
});

test('a slow reader holds back what is sent: memory does not grow with it', async () => {
  const MB = 1024 * 1024;
  let sent = 0;
  const answer = await answerOf(async (reply) => {
    while (sent < 64 * MB) {
      sent += MB;
      await reply.send({ text: 'x'.repeat(MB) });
    }
  });
  let size = 0;
  for await (const chunk of answer) {
    size += (chunk as Buffer).length;
    for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    expect(sent - size).toBeLessThan(24 * MB);
  }
  expect(size).toBeGreaterThan(64 * MB);
});

test('a reader that left is told of, and nothing waits for it', async () => {
  let told = false;
  const finished = new Promise<void>((resolve) => {
    void answerOf(async (reply) => {
      reply.open();
      await new Promise((left) => reply.gone.addEventListener('abort', left));
      await reply.send({ text: 'x'.repeat(10_000_000) });
      told = reply.gone.aborted;
      resolve();
    }).then((answer) => answer.destroy());
  });
  await finished;
  expect(told).toBe(true);
});
