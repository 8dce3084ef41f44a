import { connect, type Socket } from 'node:net';

const HEAD_END = Buffer.from('\r\n\r\n');
const LENGTH = /\r\ncontent-length: *(\d+)/i;
const NOTHING = Buffer.alloc(0);

/**
 * One kept-alive HTTP/1.1 connection that sends bytes made beforehand and reads no more of an answer than its status
 * and where it ends: the generator must not be what is measured. One request at a time.
 */
export class RawConnection {
  readonly #port: number;
  #socket: Socket | null = null;
  #held: Buffer = NOTHING;
  #answered: ((status: number) => void) | null = null;

  constructor(port: number) {
    this.#port = port;
  }

  /** Sends one request. `answered` gets its status, or 0 when the connection broke before the answer was whole. */
  send(request: Buffer, answered: (status: number) => void): void {
    this.#answered = answered;
    this.#socket ??= this.#open();
    this.#socket.write(request);
  }

  close(): void {
    this.#socket?.destroy();
    this.#socket = null;
  }

  #open(): Socket {
    const socket = connect({ port: this.#port, host: '127.0.0.1', noDelay: true });
    socket.on('data', (chunk: Buffer) => this.#read(chunk));
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      if (this.#socket === socket) this.#socket = null;
      this.#held = NOTHING;
      this.#answer(0);
    });
    return socket;
  }

  #read(chunk: Buffer): void {
    const bytes = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk]);
    const headEnd = bytes.indexOf(HEAD_END);
    const head = headEnd < 0 ? '' : bytes.toString('latin1', 0, headEnd);
    const end = headEnd + HEAD_END.length + Number(LENGTH.exec(head)?.[1] ?? 0);
    if (headEnd < 0 || bytes.length < end) {
      this.#held = bytes;
      return;
    }
    this.#held = bytes.length === end ? NOTHING : bytes.subarray(end);
    this.#answer(Number(head.slice(9, 12)));
  }

  #answer(status: number): void {
    const answered = this.#answered;
    this.#answered = null;
    answered?.(status);
  }
}

/** A POST with a JSON body, as bytes. */
export function postBytes(path: string, token: string, body: unknown): Buffer {
  const json = JSON.stringify(body);
  return Buffer.from(
    `POST ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer ${token}\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(json)}\r\n\r\n${json}`,
  );
}
