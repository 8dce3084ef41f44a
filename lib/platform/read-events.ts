import { CanvasError } from '#lib/contract/errors.ts';
import { EventCutter } from '#lib/domain/a2a-stream.ts';
import type { TransportStream } from '#lib/ports/agent-transport.ts';
import { jsonOf } from './call-agent.ts';

type Json = Record<string, unknown>;

export const EVENT_STREAM = 'text/event-stream';

/** The JSON-RPC answers of a stream, one by one, no faster than they are taken. Rejects with `upstream_failed` for an event that is none. */
export async function* readEvents({ chunks }: TransportStream): AsyncGenerator<Json> {
  const cutter = new EventCutter();
  const decoder = new TextDecoder();
  for await (const chunk of chunks) {
    for (const data of cutter.push(decoder.decode(chunk, { stream: true }))) yield eventOf(data);
  }
}

function eventOf(data: string): Json {
  const value = jsonOf(data);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Json;
  throw new CanvasError('upstream_failed', `The agent streamed an event that is no JSON-RPC answer: ${data.slice(0, 100)}`);
}
