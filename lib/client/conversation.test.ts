import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { conversationWith, type SentTurn } from './conversation.ts';

let server: Server;
let answer: (response: ServerResponse, request: { params: { message: { messageId: string; contextId: string } } }, url: string) => void;
let pageFetch: typeof fetch;
let asked = 0;

/** A page's addresses have no host of their own. */
beforeEach(async () => {
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => answer(response, JSON.parse(body || '{}'), request.url ?? ''));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  pageFetch = globalThis.fetch;
  globalThis.fetch = (input, init) => pageFetch(`${base}${String(input)}`, init);
});
afterEach(async () => {
  globalThis.fetch = pageFetch;
  server.closeAllConnections();
  await new Promise((done) => server.close(done));
});

const fresh = () => conversationWith(`w-${asked++}`);
const stream = (response: ServerResponse) => response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
const event = (result: unknown) => `data: ${JSON.stringify({ jsonrpc: '2.0', id: 1, result })}\n\n`;
const json = (response: ServerResponse, status: number, body: unknown) =>
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
const piece = (text: string) =>
  event({ kind: 'artifact-update', append: true, artifact: { artifactId: 'a', parts: [{ kind: 'text', text }] } });
const seen = (turn: SentTurn | undefined) => ({
  state: turn?.state,
  queueId: turn?.queueId,
  text: turn?.answer.text,
  heard: turn?.answer.state,
});

describe('a message that is sent', () => {
  it('is heard piece by piece, even when a piece is cut in the middle of a character', async () => {
    const talk = fresh();
    const texts: string[] = [];
    talk.subscribe(() => texts.push(talk.read()[0]?.answer.text ?? ''));
    let sent: unknown;
    answer = (response, request) => {
      sent = request;
      const bytes = Buffer.from(
        `: ping\n\n${piece('Grüße')}${piece(' und 🎈')}${event({ kind: 'status-update', status: { state: 'completed' } })}`,
      );
      const cut = bytes.indexOf(Buffer.from('ü')) + 1;
      stream(response).write(bytes.subarray(0, cut), () => response.end(bytes.subarray(cut)));
    };
    await talk.send('Say it', 'c-1');
    expect(seen(talk.read()[0])).toEqual({ state: 'ended', queueId: null, text: 'Grüße und 🎈', heard: 'done' });
    expect(texts).toContain('Grüße');
    expect(sent).toMatchObject({
      method: 'message/stream',
      params: { message: { contextId: 'c-1', parts: [{ kind: 'text', text: 'Say it' }] } },
    });
  });

  it('is known to wait when it is queued, at once or because the agent ended in the middle', async () => {
    const talk = fresh();
    answer = (response) => json(response, 202, { queued: true, queue_id: 'q-1', queue_depth: 3 });
    await talk.send('Later', 'c');
    answer = (response) => {
      const lost = { jsonrpc: '2.0', id: 1, error: { code: -32018, message: 'Its process ended.', data: { queue_id: 'q-2' } } };
      stream(response).end(`${piece('half an ans')}data: ${JSON.stringify(lost)}\n\n`);
    };
    await talk.send('Now', 'c');
    expect(talk.read().map(seen)).toEqual([
      { state: 'queued', queueId: 'q-1', text: '', heard: 'going' },
      { state: 'queued', queueId: 'q-2', text: '', heard: 'going' },
    ]);
  });

  it('says what the platform refused it with', async () => {
    const talk = fresh();
    answer = (response) => json(response, 413, { error: 'It is larger than 1 MB. Send less.', code: 'too_large' });
    await talk.send('Much', 'c');
    expect(seen(talk.read()[0])).toEqual({ state: 'unsent', queueId: null, text: 'It is larger than 1 MB. Send less.', heard: 'failed' });
    expect(talk.draft).toBe('Much');
    answer = (response) => json(response, 502, { jsonrpc: '2.0', id: 1, error: { code: -32018, message: 'It refused the connection.' } });
    await talk.send('Again', 'c');
    expect(seen(talk.read()[1])).toMatchObject({ state: 'ended', text: 'It refused the connection.', heard: 'failed' });
    answer = (response) =>
      json(response, 200, { jsonrpc: '2.0', id: 1, result: { kind: 'message', parts: [{ kind: 'text', text: 'Whole' }] } });
    await talk.send('Plain', 'c');
    expect(seen(talk.read()[2])).toMatchObject({ state: 'ended', text: 'Whole', heard: 'done' });
  });

  it('is stopped on both sides', async () => {
    const talk = fresh();
    const left = new Promise<void>((done) => {
      answer = (response) => {
        response.on('close', done);
        stream(response).write(piece('and then'));
      };
    });
    const sending = talk.send('Go on', 'c');
    await new Promise<void>((done) => {
      const unsubscribe = talk.subscribe(() => {
        if (talk.read()[0]?.answer.text !== 'and then') return;
        unsubscribe();
        done();
      });
    });
    talk.stop(talk.read()[0]?.message.messageId ?? '');
    await Promise.all([sending, left]);
    expect(seen(talk.read()[0])).toEqual({ state: 'stopped', queueId: null, text: 'and then', heard: 'going' });
  });

  it('is written again in the draft when Canvas is not there, and goes under the same id after that', async () => {
    const talk = fresh();
    const ids: string[] = [];
    answer = (response, request) => {
      ids.push(request.params.message.messageId);
      response.destroy();
    };
    await talk.send('Do not lose me', 'c');
    expect(seen(talk.read()[0])).toMatchObject({ state: 'unsent', heard: 'failed' });
    expect(talk.draft).toBe('Do not lose me');
    talk.draft = 'something else';
    await talk.send('Do not lose me', 'c');
    expect(talk.draft).toBe('Do not lose me\n\nsomething else');
    answer = (response, request) => {
      ids.push(request.params.message.messageId);
      json(response, 202, { queued: true, queue_id: 'q-1', queue_depth: 1 });
    };
    await talk.send('Do not lose me', 'c');
    expect(talk.read().map(({ state }) => state)).toEqual(['queued']);
    expect(talk.draft).toBe('something else');
    expect(new Set(ids).size).toBe(1);
  });

  it.each([
    ['waits there', 'queued', ''],
    ['has ended', 'lost', ''],
    ['is not known', 'unsent', 'Lost?'],
    ['is of a removed workspace', 'ended', ''],
  ])('is looked for when the connection breaks: it %s', async (where, state, draft) => {
    const talk = fresh();
    let messageId = '';
    const states: unknown[] = [];
    talk.subscribe(() => states.push(talk.read()[0]?.state));
    answer = (response, request, url) => {
      if (where === 'is of a removed workspace' && !url.endsWith('/a2a')) {
        json(response, 410, { error: 'The workspace was removed.', code: 'gone' });
      } else if (url.includes('/queue')) {
        const items = where === 'waits there' ? [{ message_id: messageId, sender_id: null, queue_id: 'q-7' }] : [];
        json(response, 200, { items });
      } else if (url.includes('/activity')) {
        json(response, 200, where === 'has ended' ? [{ request_body: { params: { message: { messageId } } } }] : []);
      } else {
        messageId = request.params.message.messageId;
        stream(response).write(piece('half an'), () => response.destroy());
      }
    };
    await talk.send('Lost?', 'c');
    expect(states).toContain('lost');
    expect(talk.read()[0]?.state).toBe(state);
    expect(talk.draft).toBe(draft);
  });
});
