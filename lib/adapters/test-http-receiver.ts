import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readAllowedTargets } from '#lib/domain/address-guard.ts';
import type { ReceiverMood } from '#lib/ports/channel-sender.contract.ts';
import { TargetGuard } from './guarded-target.ts';

export interface Arrived {
  path: string;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

const STATUS: Record<ReceiverMood, number> = { well: 200, later: 503, no: 403, gone: 410 };

/** Lets this machine through, and nothing. */
export const OPEN = new TargetGuard(readAllowedTargets('127.0.0.1'));
export const SHUT = new TargetGuard(readAllowedTargets(''));

/** Test support: an HTTP server that keeps what it is sent and answers by its mood. */
export class HttpReceiver {
  readonly arrived: Arrived[] = [];
  mood: ReceiverMood = 'well';
  headers: Record<string, string> = {};
  /** Said with every refusal. */
  words = 'no';
  readonly #server: Server;

  constructor() {
    this.#server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        if (this.mood === 'well') this.arrived.push({ path: request.url ?? '', headers: request.headers, body: Buffer.concat(chunks) });
        response.writeHead(STATUS[this.mood], this.headers).end(this.mood === 'well' ? 'ok' : this.words);
      });
    });
  }

  async open(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return this;
  }

  url(path = '/'): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}${path}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

/** An address of this machine at which nobody listens, now or later: the port is not one that a system gives away. */
export function deadUrl(): string {
  return 'http://127.0.0.1:1/';
}
