import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Test support: a real HTTP server where an agent would listen; what it answers is the test's. */
export class TestAgent {
  /** Every request that came: `"GET /signals/snapshot"` and its bearer. */
  readonly asked: { route: string; bearer: string | undefined }[] = [];
  answer: (request: IncomingMessage, response: ServerResponse) => void = (_request, response) => response.writeHead(404).end();
  readonly #server: Server = createServer((request, response) => {
    this.asked.push({ route: `${request.method} ${request.url}`, bearer: request.headers.authorization });
    this.answer(request, response);
  });

  async open(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return this;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Answers everything with this status and value as JSON; text as it is. */
  says(status: number, value: unknown): void {
    this.answer = (_request, response) => {
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(typeof value === 'string' ? value : JSON.stringify(value));
    };
  }

  /** Takes every request, and ends the connection without an answer. */
  hangsUp(): void {
    this.answer = (request) => request.socket.destroy();
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    if (this.#server.listening) await new Promise((resolve) => this.#server.close(resolve));
  }
}
