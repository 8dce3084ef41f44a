import type { RunQueue } from '#lib/contract/restarts.ts';

/** What restart runs and the rest of the platform ask of the delivery queue. */
export interface HeldMessages {
  /** Something about this workspace changed: what waits for it looks again. */
  poke(workspaceId: string): void;
  /** Messages that are with its agent now. */
  underWay(workspaceId: string): number;
  /** How it went for the messages that a run held back. */
  ofRun(runId: string): Promise<RunQueue>;
}
