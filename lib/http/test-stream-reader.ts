import type { StreamFrame } from '#lib/contract/stream.ts';

/** Test support: reads one event stream frame by frame, as a browser would. */
export class StreamReader {
  readonly #leave = new AbortController();
  readonly #reader: ReadableStreamDefaultReader<string>;
  #text = '';

  private constructor(response: Response) {
    if (!response.ok || !response.body) throw new Error(`the stream answered ${response.status}`);
    this.#reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  }

  static async open(url: string, lastEventId?: string): Promise<StreamReader> {
    const leave = new AbortController();
    const headers = { accept: 'text/event-stream', ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }) };
    const reader = new StreamReader(await fetch(`${url}/events`, { headers, signal: leave.signal }));
    reader.#leave.signal.addEventListener('abort', () => leave.abort());
    return reader;
  }

  /** The next block between empty lines, comments too; null at the end. */
  async block(): Promise<string | null> {
    for (;;) {
      const end = this.#text.indexOf('\n\n');
      if (end !== -1) {
        const block = this.#text.slice(0, end);
        this.#text = this.#text.slice(end + 2);
        return block;
      }
      const { done, value } = await this.#reader.read();
      if (done) return null;
      this.#text += value;
    }
  }

  /** The next frame of this name; those before it are passed over. */
  async next<N extends StreamFrame['name']>(name: N): Promise<Extract<StreamFrame, { name: N }>> {
    for (;;) {
      const frame = await this.frame();
      if (frame === null) throw new Error(`the stream ended before a ${name}`);
      if (frame.name === name) return frame as Extract<StreamFrame, { name: N }>;
    }
  }

  async frame(): Promise<StreamFrame | null> {
    for (;;) {
      const block = await this.block();
      if (block === null) return null;
      if (block.startsWith(':')) continue;
      const fields = new Map(block.split('\n').map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]));
      return { name: fields.get('event'), id: fields.get('id') ?? null, data: JSON.parse(fields.get('data') ?? 'null') } as StreamFrame;
    }
  }

  leave(): void {
    this.#leave.abort();
    this.#reader.cancel().catch(() => undefined);
  }
}
