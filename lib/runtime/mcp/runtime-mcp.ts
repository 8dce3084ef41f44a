import type { IncomingMessage, ServerResponse } from 'node:http';
import { checkAccess, type Door, proveSecret } from '#lib/runtime/access.ts';
import type { Log } from '#lib/runtime/log.ts';
import type { McpDoor } from './door.ts';
import type { McpHands } from './hands.ts';
import { loadMcp } from './load-program.ts';
import { type RuntimeHandsParts, runtimeHands } from './runtime-hands.ts';

export interface McpRequest {
  path: string;
  request: IncomingMessage;
  response: ServerResponse;
  door: Door;
  readJson: () => Promise<unknown>;
}

/**
 * The tools of a runtime, at /mcp of its door. Who may: as for messages, and a page of this very address; /mcp/state takes
 * the inbound secret, which only who can read the workspace's folder has. What is behind them is loaded with the first
 * request that may: a runtime that nobody asks for tools pays nothing for them.
 */
export class RuntimeMcp {
  readonly hands: McpHands;
  /** The platform knows this workspace. */
  readonly registered: () => void;
  /** It never will. */
  readonly refused: (why: unknown) => void;
  /** A delegation was given with a tool; null: one that had been given before. */
  onDelegated: (id: string | null) => void = () => {};
  readonly #log: Log;
  #door: Promise<McpDoor> | null = null;

  constructor(parts: Omit<RuntimeHandsParts, 'registered' | 'delegated'>, log: Log) {
    let registered: () => void = () => {};
    let refused: (why: unknown) => void = () => {};
    const known = new Promise<void>((resolve, reject) => {
      registered = resolve;
      refused = reject;
    });
    // Nobody may have asked for it.
    known.catch(() => {});
    this.registered = registered;
    this.refused = refused;
    this.hands = runtimeHands({ ...parts, registered: known, delegated: (id) => this.onDelegated(id) });
    this.#log = log;
  }

  /** Resolves when it was answered; with a body, when that is left to the caller. Rejects with why it was not let in. */
  async answer({ path, request, response, door, readJson }: McpRequest): Promise<{ body: unknown } | null> {
    if (path === '/mcp/state') {
      proveSecret(request, door.inboundSecret);
      const { answerState } = await loadMcp();
      return { body: await answerState(request, { hands: this.hands, readJson }) };
    }
    checkAccess({ headers: withoutOwnOrigin(request) }, door);
    this.#door ??= this.#load();
    await (await this.#door).answer(request, response);
    return null;
  }

  async close(): Promise<void> {
    await this.#door?.then(
      (door) => door.close(),
      () => {},
    );
  }

  async #load(): Promise<McpDoor> {
    try {
      return (await loadMcp()).newDoor({ hands: this.hands, log: this.#log });
    } catch (thrown) {
      this.#door = null;
      throw thrown;
    }
  }
}

/** A page of this very address is none of a stranger; browsers name the address in `Origin` all the same. */
function withoutOwnOrigin({ headers }: IncomingMessage): IncomingMessage['headers'] {
  const { origin, ...others } = headers;
  return origin === `http://${headers.host}` ? others : headers;
}
