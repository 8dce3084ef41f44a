import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { send, type TestAgent, type TestCanvas } from './canvas-test.ts';

/** What the agent was sent, and how the test answers it, piece by piece. */
export interface Asked {
  text: string;
  contextId: string;
  messageId: string;
  /** One more piece of its answer. */
  say(text: string): void;
  progress(text: string): void;
  done(): void;
  /** Its task fails, with these words. */
  fail(why: string): void;
  /** The other side has left. */
  left: Promise<void>;
}

/** An A2A agent of 0.3 that streams, as the test tells it to. */
export class StreamingAgent {
  readonly #waiting: ((asked: Asked) => void)[] = [];
  readonly #asked: Asked[] = [];
  readonly #server: Server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => {
      body += chunk.toString('utf8');
    });
    request.on('end', () => {
      const { id, method, params } = JSON.parse(body === '' ? '{}' : body);
      if (method !== 'message/stream')
        return void response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ jsonrpc: '2.0', id, result: {} }));
      const asked = this.#answerTo(id, params.message, response);
      const next = this.#waiting.shift();
      if (next) next(asked);
      else this.#asked.push(asked);
    });
  });

  #answerTo(id: unknown, message: { messageId: string; contextId: string; parts: { text: string }[] }, response: ServerResponse): Asked {
    const { messageId, contextId } = message;
    const taskId = `task-${messageId}`;
    const send = (result: object) =>
      response.write(`data: ${JSON.stringify({ jsonrpc: '2.0', id, result: { taskId, contextId, ...result } })}\n\n`);
    const status = (state: string, text: string) => ({
      kind: 'status-update',
      final: state !== 'working',
      status: { state, message: { kind: 'message', role: 'agent', messageId: `${taskId}-${state}`, parts: [{ kind: 'text', text }] } },
    });
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    send({ kind: 'task', id: taskId, status: { state: 'submitted' } });
    let pieces = 0;
    return {
      text: message.parts.map((part) => part.text).join('\n'),
      contextId,
      messageId,
      say: (text) =>
        send({ kind: 'artifact-update', append: pieces++ > 0, artifact: { artifactId: 'answer', parts: [{ kind: 'text', text }] } }),
      progress: (text) => send(status('working', text)),
      done: () => {
        send(status('completed', ''));
        response.end();
      },
      fail: (why) => {
        send(status('failed', why));
        response.end();
      },
      left: once(response, 'close').then(() => undefined),
    };
  }

  /** The next message that comes, or the first that came and was not asked for yet. */
  next(): Promise<Asked> {
    const asked = this.#asked.shift();
    return asked ? Promise.resolve(asked) : new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Listens, and tells Canvas that this is where a workspace's agent is. */
  async serve(canvas: TestCanvas, agent: TestAgent): Promise<this> {
    await once(this.#server.listen(0, '127.0.0.1'), 'listening');
    const url = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`;
    const card = {
      name: agent.name,
      description: '',
      version: '1',
      url,
      protocolVersion: '0.3.0',
      capabilities: { streaming: true },
      skills: [],
    };
    await send(canvas.url, 'POST', '/registry/register', { id: agent.id, url, agent_card: card }, agent.token);
    await agent.beat();
    return this;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((done) => this.#server.close(done));
  }
}
