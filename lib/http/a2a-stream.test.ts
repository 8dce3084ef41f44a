import { request as httpRequest, type IncomingMessage } from 'node:http';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { QueuedMessageDetail, QueuePage } from '#lib/contract/messages.ts';
import { TestServer } from './test-server.ts';
import { TestStreamingAgent } from './test-streaming-agent.ts';

let canvas: TestServer;
let agent: TestStreamingAgent;
let atlas: { id: string; token: string };

beforeEach(async () => {
  canvas = await new TestServer().open();
  agent = await new TestStreamingAgent().open();
  atlas = await canvas.workspace('Atlas');
  await agent.serve(canvas, atlas);
});
afterEach(async () => {
  await agent.close();
  await canvas.close();
});

type Json = Record<string, unknown>;
const task = (state = 'working') => ({ kind: 'task', id: 't1', contextId: 'c', status: { state } });
const status = (state: string) => ({
  kind: 'status-update',
  taskId: 't1',
  contextId: 'c',
  status: { state },
  final: state === 'completed',
});
const artifact = (text: string) => ({
  kind: 'artifact-update',
  taskId: 't1',
  artifact: { artifactId: 'a', parts: [{ kind: 'text', text }] },
});
const asked = (method: string, text = 'hi', more: Json = {}) => ({
  jsonrpc: '2.0',
  id: 'mine',
  method,
  params: { message: { messageId: `m ${text}`, role: 'user', parts: [{ kind: 'text', text }] }, ...more },
});

/** A reader of a stream, piece by piece. */
class Reader {
  readonly events: Json[] = [];
  readonly #answer: IncomingMessage;
  readonly ended: Promise<void>;

  constructor(answer: IncomingMessage) {
    this.#answer = answer;
    let text = '';
    answer.setEncoding('utf8');
    answer.on('data', (piece: string) => {
      const parts = `${text}${piece}`.split('\n\n');
      text = parts.pop() ?? '';
      for (const part of parts) if (part.startsWith('data: ')) this.events.push(JSON.parse(part.slice(6)) as Json);
    });
    answer.on('error', () => {});
    this.ended = new Promise((resolve) => answer.once('close', resolve));
  }

  get status(): number {
    return this.#answer.statusCode ?? 0;
  }

  get type(): string {
    return this.#answer.headers['content-type'] ?? '';
  }

  async has(count: number): Promise<Json[]> {
    while (this.events.length < count) await new Promise((resolve) => this.#answer.once('data', () => setImmediate(resolve)));
    return this.events;
  }

  leave(): void {
    this.#answer.destroy();
  }
}

async function read(body: unknown, headers: Record<string, string> = {}): Promise<Reader> {
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    const request = httpRequest(`${canvas.url}/workspaces/${atlas.id}/a2a`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
    });
    request.once('response', resolve);
    request.once('error', reject);
    request.end(JSON.stringify(body));
  });
  return new Reader(answer);
}

const queue = async (state = 'all') => (await canvas.ask<QueuePage>(`GET /workspaces/${atlas.id}/a2a/queue?state=${state}`)).body.items;
const kept = async () => {
  const [row] = await queue();
  return (await canvas.ask<QueuedMessageDetail>(`GET /workspaces/${atlas.id}/a2a/queue/${row?.queue_id}`)).body;
};
const becomes = (state: string) => expect.poll(async () => (await queue())[0]?.state).toBe(state);

describe('a message whose answer is asked for as a stream', () => {
  test.each(['message/stream', 'SendStreamingMessage'])(
    '%s: events come as they are made, under the caller’s id, and the whole is kept',
    async (method) => {
      const reading = read(asked(method));
      const line = await agent.line(0);
      expect(line.request.method).toBe(method);
      expect((await queue())[0]).toMatchObject({ state: 'delivering' });
      line.event(task());
      const reader = await reading;
      expect([reader.status, reader.type]).toEqual([200, 'text/event-stream; charset=utf-8']);
      expect(await reader.has(1)).toEqual([{ jsonrpc: '2.0', id: 'mine', result: task() }]);
      line.event(artifact('done'));
      await reader.has(2);
      line.event(status('completed'));
      line.end();
      await reader.ended;
      expect(reader.events.map(({ id }) => id)).toEqual(['mine', 'mine', 'mine']);
      expect(await kept()).toMatchObject({
        state: 'answered',
        answer: { result: { id: 't1', status: { state: 'completed' }, artifacts: [{ parts: [{ text: 'done' }] }] } },
      });
    },
  );

  test('an agent that does not stream is asked plainly; its answer is one event', async () => {
    await agent.serve(canvas, atlas, false);
    const reading = read(asked('message/stream'));
    const line = await agent.line(0);
    expect(line.request.method).toBe('message/send');
    line.json(task('completed'));
    const reader = await reading;
    await reader.ended;
    expect(reader.events).toEqual([{ jsonrpc: '2.0', id: 'mine', result: task('completed') }]);
  });

  test('an agent that says that it streams and answers at once is heard', async () => {
    const reading = read(asked('message/stream'));
    (await agent.line(0)).json(task('completed'));
    const reader = await reading;
    await reader.ended;
    expect(reader.events).toMatchObject([{ id: 'mine', result: { status: { state: 'completed' } } }]);
  });

  test('what must wait is queued with 202, or waited for; then the answer is one event', async () => {
    await canvas.beat(atlas, { boot_id: 'boot-1', runtime_state: 'wedged' });
    expect((await read(asked('message/stream', 'one'))).status).toBe(202);
    const reading = read(asked('message/stream', 'two'), { prefer: 'wait=60' });
    await expect.poll(async () => (await queue()).length).toBe(2);
    await canvas.beat(atlas, { boot_id: 'boot-1' });
    (await agent.line(0)).json(task('completed'));
    (await agent.line(1)).json(task('completed'));
    const reader = await reading;
    await reader.ended;
    expect(agent.methods).toEqual(['message/send', 'message/send']);
    expect(reader.events).toMatchObject([{ id: 'mine', result: { status: { state: 'completed' } } }]);
  });

  test('the same message again gets the answer that was kept, or that comes, as one event', async () => {
    const first = read(asked('message/stream'));
    const line = await agent.line(0);
    line.event(task());
    await (await first).has(1);
    const second = read(asked('message/stream'));
    expect((await second).status).toBe(200);
    line.event(status('completed'));
    line.end();
    await (await first).ended;
    await (await second).ended;
    const third = await read(asked('message/stream'));
    await third.ended;
    for (const reader of [await second, third])
      expect(reader.events).toMatchObject([{ id: 'mine', result: { status: { state: 'completed' } } }]);
    expect(agent.lines).toHaveLength(1);
  });

  test('when its process dies the stream says where the message is, and that is delivered again, marked', async () => {
    const reading = read(asked('message/stream'));
    const line = await agent.line(0);
    line.event(task());
    const reader = await reading;
    await reader.has(1);
    line.die();
    await reader.ended;
    const [row] = await queue();
    expect(reader.events[1]).toMatchObject({ id: 'mine', error: { data: { code: 'interrupted', queue_id: row?.queue_id } } });
    const again = await agent.line(1);
    expect(again.request).toMatchObject({
      method: 'message/send',
      params: { message: { messageId: 'm hi', metadata: { redelivered: true } } },
    });
    again.json(task('completed'));
    await becomes('answered');
  });

  test('who waits gets the answer of the attempt after the one that died', async () => {
    const reading = read(asked('message/stream'), { prefer: 'wait=60' });
    const line = await agent.line(0);
    line.event(task());
    await (await reading).has(1);
    line.die();
    (await agent.line(1)).json(task('completed'));
    const reader = await reading;
    await reader.ended;
    expect(reader.events).toMatchObject([{ result: { status: { state: 'working' } } }, { result: { status: { state: 'completed' } } }]);
  });

  test('who leaves ends the task: the agent is told, and the message is dropped', async () => {
    const reading = read(asked('message/stream'));
    const line = await agent.line(0);
    line.event(task());
    const reader = await reading;
    await reader.has(1);
    reader.leave();
    await line.closed;
    const cancel = await agent.line(1);
    expect(cancel.request).toMatchObject({ method: 'tasks/cancel', params: { id: 't1' } });
    cancel.json(task('canceled'));
    await becomes('dropped');
    expect((await queue())[0]?.why).toBe('Who asked left');
  });

  test('who leaves a message that somebody else waits for ends nothing', async () => {
    const left = new Promise<void>((resolve) => {
      canvas.server.app.server.once('request', (_request, response) => response.once('close', resolve));
    });
    const first = read(asked('message/stream'));
    const line = await agent.line(0);
    line.event(task());
    await (await first).has(1);
    const second = await read(asked('message/stream'));
    (await first).leave();
    await left;
    line.event(status('completed'));
    line.end();
    await second.ended;
    expect(second.events).toMatchObject([{ id: 'mine', result: { status: { state: 'completed' } } }]);
    expect(agent.lines).toHaveLength(1);
  });

  test('a refusal of the message is its answer; one of a stopping agent brings it back', async () => {
    const reading = read(asked('message/stream', 'one'));
    const first = await agent.line(0);
    first.raw(`data: ${JSON.stringify({ jsonrpc: '2.0', id: 1, error: { code: -32602, message: 'not me' } })}\n\n`);
    first.end();
    await (await reading).ended;
    expect((await reading).events).toEqual([{ jsonrpc: '2.0', id: 'mine', error: { code: -32602, message: 'not me' } }]);
    const second = read(asked('message/stream', 'two'));
    const line = await agent.line(1);
    line.event(task());
    line.raw(
      `data: ${JSON.stringify({ jsonrpc: '2.0', id: 1, error: { code: -32021, message: 'x', data: { code: 'interrupted' } } })}\n\n`,
    );
    line.end();
    await (await second).ended;
    expect((await second).events).toMatchObject([{ result: {} }, { error: { data: { code: 'interrupted' } } }]);
    (await agent.line(2)).json(task('completed'));
    await becomes('answered');
  });

  test('an event whose error is null is no refusal: the stream goes on', async () => {
    const reading = read(asked('message/stream'));
    const line = await agent.line(0);
    for (const result of [task(), status('completed')])
      line.raw(`data: ${JSON.stringify({ jsonrpc: '2.0', id: 1, result, error: null })}\n\n`);
    line.end();
    await (await reading).ended;
    expect((await reading).events).toMatchObject([{ result: task() }, { result: status('completed') }]);
    expect(await kept()).toMatchObject({ state: 'answered', answer: { result: { status: { state: 'completed' } } } });
  });

  test('an event that is none, and more than 10 MB: it is answered with what happened, and not repeated', async () => {
    const reading = read(asked('message/stream'));
    const line = await agent.line(0);
    line.event(task());
    for (let part = 0; part < 12; part += 1) line.event(artifact('x'.repeat(1024 * 1024)));
    const reader = await reading;
    await reader.ended;
    expect(reader.events.at(-1)).toMatchObject({ id: 'mine', error: { message: expect.stringContaining('10485760 bytes') } });
    expect(await kept()).toMatchObject({ state: 'answered', attempts: 1 });
    const second = read(asked('message/stream', 'two'));
    (await agent.line(1)).raw('data: nonsense\n\n');
    await (await second).ended;
    const noAnswer = [{ error: { message: expect.stringContaining('no JSON-RPC answer') } }];
    expect((await second).events).toMatchObject(noAnswer);
    const third = read(asked('message/stream', 'three'));
    (await agent.line(2)).raw(`data: {"result":${'['.repeat(5000)}${']'.repeat(5000)}}\n\n`);
    await (await third).ended;
    expect((await third).events).toMatchObject(noAnswer);
  });
});

describe('a message whose sender does not wait', () => {
  const going = (method: string) => {
    const configuration = method === 'SendMessage' ? { returnImmediately: true } : { blocking: false };
    return canvas.ask<Json>(`POST /workspaces/${atlas.id}/a2a`, { body: asked(method, 'hi', { configuration }) });
  };

  test.each(['message/send', 'SendMessage'])(
    '%s: gets the beginning of the task; the message stays with the agent to its end',
    async (method) => {
      const answering = going(method);
      const line = await agent.line(0);
      line.event(task());
      const { status: code, body } = await answering;
      expect([code, body]).toEqual([200, { jsonrpc: '2.0', id: 'mine', result: task() }]);
      expect((await queue())[0]).toMatchObject({ state: 'delivering' });
      line.event(status('completed'));
      line.end();
      await becomes('answered');
      expect(await kept()).toMatchObject({ answer: { result: { status: { state: 'completed' } } } });
    },
  );

  test('an agent that does not stream is asked as its sender asked', async () => {
    await agent.serve(canvas, atlas, false);
    const answering = going('message/send');
    const line = await agent.line(0);
    expect(line.request).toMatchObject({ method: 'message/send', params: { configuration: { blocking: false } } });
    line.json(task());
    expect((await answering).body).toMatchObject({ id: 'mine', result: { status: { state: 'working' } } });
  });
});
