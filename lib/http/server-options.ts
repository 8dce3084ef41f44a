import type { Logger } from 'pino';
import type { Deps } from '#lib/platform/deps.ts';
import type { CallerPolicy } from './caller.ts';

export interface ServerOptions {
  deps: Deps;
  policy: CallerPolicy;
  logger: Logger;
  build: { version: string; commit: string | null };
  /** Rejects when the store does not answer. */
  ready: () => Promise<void>;
  /** Milliseconds between signs of life on a quiet stream. */
  pingEveryMs?: number;
}
