import { CanvasError } from '#lib/contract/errors.ts';

/**
 * One HTTP call to an agent. The promises are written as a suite (`agent-transport.contract.ts`).
 *
 * - Any status is an answer, a redirect too: nobody is led to another address.
 * - A call without a time limit has a connection of its own and is never repeated; how long the agent takes is its affair.
 * - A rejection says whether the agent may have got the request (`mayHaveBegun`): only then may it have acted on it.
 */
export interface AgentTransport {
  /**
   * Rejects with a `CanvasError`: `upstream_unreachable` (no connection, or it broke), `timeout` (the
   * limit passed, or `signal` was aborted), `upstream_failed` (more than `maxBytes`).
   */
  call(call: TransportCall): Promise<TransportAnswer>;
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
  signal?: AbortSignal;
  /** More than this is refused, not cut. */
  maxBytes: number;
}

export interface TransportAnswer {
  status: number;
  text: string;
}

/** Whether a connection was there when the call was lost: the agent may then have begun what it asks for. */
export function mayHaveBegun(lost: unknown): boolean {
  return !(lost instanceof CanvasError) || lost.details?.['begun'] !== false;
}
