import { isUtf8 } from 'node:buffer';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import type { FastifyInstance, preParsingHookHandler } from 'fastify';
import type { HeartbeatAnswer } from '#lib/contract/heartbeat.ts';
import { plainBeat } from '#lib/contract/plain-beat.ts';
import type { Deps } from '#lib/platform/deps.ts';
import { receiveBeat } from '#lib/platform/receive-beat.ts';
import { API_HEADERS } from './security-headers.ts';

const PATH = '/registry/heartbeat';
const JSON_TYPE = /^application\/json *(?:; *charset="?utf-8"? *)?$/i;
const BEARER = /^Bearer +(\S{1,512})$/i;
const HEADERS = [...Object.entries(API_HEADERS).flat(), 'content-type', 'application/json; charset=utf-8', 'content-length'];

/** What the lane already made of a beat that it does not answer itself; exactly one of the two. */
export interface EarlyOutcome {
  answer?: Promise<HeartbeatAnswer>;
  refused?: unknown;
}

interface Diverted {
  body: Buffer;
  outcome: EarlyOutcome | null;
}

export interface BeatLaneOptions {
  deps: Deps;
  /** Bytes of a body above which the lane does not read it. */
  limit: number;
  /** Whether every request must go the whole way: the server sheds load, writes each beat into its log, or ends. */
  closed: () => boolean;
}

/**
 * A short way for what nearly every request is: a plain beat with a valid token that changes nothing which must be in
 * the store first. It is answered without the router, the hooks and the reply of Fastify, which cost more than the beat.
 * Anything else goes the whole way with what is known of it by then, so that refusals, log lines and limits have one
 * place: `restoreBody` gives the body back, `outcomeOf` what was already decided (a beat is never received twice).
 */
export class BeatLane {
  readonly #options: BeatLaneOptions;
  readonly #diverted = new WeakMap<IncomingMessage, Diverted>();

  constructor(app: FastifyInstance, options: BeatLaneOptions) {
    this.#options = options;
    const [whole, ...others] = app.server.listeners('request') as RequestListener[];
    if (!whole || others.length > 0) throw new Error('The HTTP server must have exactly the one listener that Fastify gave it');
    app.server.off('request', whole);
    app.server.on('request', (request, response) => {
      if (this.#takes(request)) this.#read(request, response, whole);
      else whole(request, response);
    });
  }

  restoreBody: preParsingHookHandler = (request, _reply, payload, done) => {
    const diverted = this.#diverted.get(request.raw);
    done(null, diverted ? Readable.from([diverted.body]) : payload);
  };

  outcomeOf(request: IncomingMessage): EarlyOutcome | null {
    return this.#diverted.get(request)?.outcome ?? null;
  }

  #takes({ url, method, headers }: IncomingMessage): boolean {
    if (url !== PATH || method !== 'POST' || this.#options.closed()) return false;
    const { 'content-length': length, 'content-type': type, 'content-encoding': encoding } = headers;
    return length !== undefined && Number(length) <= this.#options.limit && JSON_TYPE.test(type ?? '') && encoding === undefined;
  }

  #read(request: IncomingMessage, response: ServerResponse, whole: RequestListener): void {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks);
      const outcome = this.#receive(request, response, body);
      if (outcome === 'answered') return;
      this.#diverted.set(request, { body, outcome });
      whole(request, response);
    });
  }

  #receive(request: IncomingMessage, response: ServerResponse, body: Buffer): EarlyOutcome | 'answered' | null {
    if (request.socket.destroyed) return null;
    const bearer = BEARER.exec(request.headers.authorization ?? '')?.[1];
    const beat = bearer === undefined ? null : plainBeat(parsed(body));
    if (bearer === undefined || beat === null) return null;
    try {
      const answer = receiveBeat(this.#options.deps, bearer, beat);
      if (answer instanceof Promise) {
        // It may be refused before the whole way gets to waiting for it.
        answer.catch(() => undefined);
        return { answer };
      }
      const text = JSON.stringify(answer);
      response.writeHead(200, [...HEADERS, String(Buffer.byteLength(text))]);
      response.end(text);
      return 'answered';
    } catch (refused) {
      return { refused };
    }
  }
}

function parsed(body: Buffer): unknown {
  if (!isUtf8(body)) return null;
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return null;
  }
}
