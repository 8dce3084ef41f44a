import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestServer } from './test-server.ts';

interface Request {
  id: unknown;
  method: string;
  params: { id?: string; message?: { messageId: string; metadata?: { redelivered?: boolean } } };
}

/** One answer of the agent that the test writes piece by piece. */
export class Line {
  readonly request: Request;
  readonly response: ServerResponse;
  readonly closed: Promise<void>;

  constructor(request: Request, response: ServerResponse) {
    this.request = request;
    this.response = response;
    this.closed = new Promise((resolve) => response.once('close', resolve));
  }

  json(result: unknown): void {
    this.response
      .writeHead(200, { 'content-type': 'application/json' })
      .end(JSON.stringify({ jsonrpc: '2.0', id: this.request.id, result }));
  }

  event(result: unknown): boolean {
    return this.raw(`data: ${JSON.stringify({ jsonrpc: '2.0', id: this.request.id, result })}\n\n`);
  }

  raw(text: string): boolean {
    if (!this.response.headersSent) this.response.writeHead(200, { 'content-type': 'text/event-stream' });
    return this.response.write(text);
  }

  end(): void {
    this.response.end();
  }

  /** As if its process died. */
  die(): void {
    this.response.socket?.destroy();
  }
}

/** Test support: a real HTTP server that speaks A2A as the test says, with streams. */
export class TestStreamingAgent {
  readonly lines: Line[] = [];
  readonly #server: Server = createServer((request, response) => void this.#take(request, response));
  #waiting: (() => void)[] = [];

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get methods(): string[] {
    return this.lines.map(({ request }) => request.method);
  }

  async open(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return this;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** Makes it the agent of a workspace. */
  async serve(canvas: TestServer, to: { id: string; token: string }, streaming = true): Promise<void> {
    const agent_card = { name: 'Agent', capabilities: { streaming } };
    await canvas.ask('POST /registry/register', { token: to.token, body: { id: to.id, url: this.url, agent_card } });
    await canvas.beat(to, { boot_id: 'boot-1' });
  }

  /** The request of this number, once it is there. */
  async line(number: number): Promise<Line> {
    while (this.lines.length <= number) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    return this.lines[number] as Line;
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let text = '';
    for await (const chunk of request) text += String(chunk);
    this.lines.push(new Line(JSON.parse(text) as Request, response));
    for (const tell of this.#waiting.splice(0)) tell();
  }
}
