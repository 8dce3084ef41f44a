import { CanvasError } from '#lib/contract/errors.ts';
import type { Silence } from './silence-watch.ts';

/**
 * One HTTP call to an agent. The promises are written as a suite (`agent-transport.contract.ts`).
 *
 * - Any status is an answer, a redirect too: nobody is led to another address.
 * - A call without a time limit is never repeated, so that its connection is a new one or was used within the second; how
 *   long the agent takes is its affair, as long as it is not silent.
 * - A rejection says whether the agent may have got the request (`mayHaveBegun`): only then may it have acted on it.
 */
export interface AgentTransport {
  /**
   * Rejects with a `CanvasError`: `upstream_unreachable` (no connection, or it broke), `timeout` (the limit passed, it
   * was silent, or `signal` was aborted), `upstream_failed` (more than `maxBytes`).
   */
  call(call: TransportCall): Promise<TransportAnswer>;
  /**
   * The same, resolving with the beginning of the answer; its bytes come as they are asked for, and no faster: an agent
   * waits for a slow reader. Reading them rejects as `call` does. Who leaves before the end ends the connection.
   */
  open(call: TransportCall): Promise<TransportStream>;
  /** Ends the connections that are kept open for the next call. */
  close(): void;
}

export interface TransportCall {
  url: URL;
  method: 'GET' | 'POST';
  headers: Record<string, string>;
  body?: string;
  /** Covers the whole call; null: none. */
  timeoutMs: number | null;
  /** How long the connection may take; 10 s when absent. */
  connectMs?: number;
  silence?: Silence;
  signal?: AbortSignal;
  /** More than this is refused, not cut. */
  maxBytes: number;
}

export interface TransportAnswer {
  status: number;
  text: string;
}

export interface TransportStream {
  status: number;
  /** Without its parameters, in small letters; '' when there is none. */
  contentType: string;
  /** To be read once. */
  chunks: AsyncIterable<Uint8Array>;
}

export const CONNECT_MS = 10_000;

/** Whether a connection was there when the call was lost: the agent may then have begun what it asks for. */
export function mayHaveBegun(lost: unknown): boolean {
  return !(lost instanceof CanvasError) || lost.details?.['begun'] !== false;
}

/** Whether the call was lost since the agent gave no sign of life. */
export function wasSilent(lost: unknown): boolean {
  return lost instanceof CanvasError && lost.details?.['silent'] === true;
}

export function mediaTypeOf(header: string | null | undefined): string {
  return (header ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
}

/** All of an answer as text. */
export async function wholeAnswer({ status, chunks }: TransportStream): Promise<TransportAnswer> {
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks) parts.push(chunk);
  return { status, text: Buffer.concat(parts).toString('utf8') };
}
