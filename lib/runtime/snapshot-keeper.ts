import { rm } from 'node:fs/promises';
import type { InFlightTask } from '#lib/contract/heartbeat.ts';
import type { Snapshot } from '#lib/contract/snapshot.ts';
import type { Agent } from './agent.ts';
import { cleanTasks } from './drain-block.ts';
import { type Log, sentenceOf } from './log.ts';
import type { PlatformClient } from './platform-client.ts';
import { sendSnapshot } from './send-snapshot.ts';
import { buildSnapshot, deleteSnapshot, type SnapshotFacts, writeSnapshot } from './snapshot.ts';
import { within } from './within.ts';
import type { WorkInHand } from './work-in-hand.ts';
import type { WorkMemory } from './work-memory.ts';

export interface SnapshotKeeperParts {
  path: string;
  workspaceId: string;
  bootId: string;
  agent: Agent;
  memory: WorkMemory;
  work: WorkInHand;
  client: PlatformClient;
  log: Log;
  /** For a snapshot, from asking the agent to the end of the writing. */
  milliseconds?: number;
}

/** Makes snapshots of this workspace: to be looked at, or to be written and sent. An agent that hangs costs its own part. */
export class SnapshotKeeper {
  readonly #parts: SnapshotKeeperParts;
  readonly #half: number;
  readonly #startedAt = performance.now();
  #writing: Promise<unknown> = Promise.resolve();
  #wroteForDrain = false;
  #sentFor: string | null = null;

  constructor(parts: SnapshotKeeperParts) {
    this.#parts = parts;
    this.#half = (parts.milliseconds ?? 2000) / 2;
  }

  /** As it would be written now, with what is at work; `problem` says what is missing in it. Writes nothing. */
  async preview(): Promise<Snapshot & { problem: string | null; in_flight: InFlightTask[] }> {
    const { snapshot, problem } = await this.#build();
    return { ...snapshot, problem, in_flight: cleanTasks(this.#parts.work.tasks) };
  }

  /** The run whose snapshot, made when it had drained, is on disk and was sent; null: none, or it is out of date. */
  get sentFor(): string | null {
    return this.#sentFor;
  }

  /** Keeps the work of a drained workspace: written, then sent, unless `over` aborts. Answers as `save` does. */
  async keepDrained(runId: string, over: AbortSignal): Promise<string | null> {
    const { snapshot, problem } = await this.save(over);
    if (snapshot === null || over.aborted) return problem;
    const unsent = await this.send(snapshot, runId, over);
    if (problem === null && unsent === null && !over.aborted) this.#sentFor = runId;
    return problem ?? unsent;
  }

  /**
   * Deletes what drains of this process wrote: work goes on, and a crash must not bring back what was before it. What was
   * restored at the start stays put away. Never rejects.
   */
  async discardDrained(): Promise<void> {
    const { path, log } = this.#parts;
    this.#sentFor = null;
    const next = this.#writing.then(async () => {
      if (this.#wroteForDrain) await rm(path, { force: true });
      this.#wroteForDrain = false;
    });
    this.#writing = next.catch(() => {});
    await next.catch((thrown: unknown) => log('warn', `The snapshot of a cancelled drain could not be deleted: ${sentenceOf(thrown)}`));
  }

  /**
   * Builds it and writes it; for a drain, not once `over` has aborted. A broken agent, a full disk or a folder that cannot be written is logged and answered as a
   * sentence for the next beat, null when all went well. Never rejects.
   */
  async save(over: AbortSignal | null = null): Promise<{ snapshot: Snapshot | null; problem: string | null }> {
    const { path, log } = this.#parts;
    let snapshot: Snapshot | null = null;
    let problem: string | null;
    try {
      const built = await this.#build();
      ({ snapshot, problem } = built);
      await within(this.#half, () => this.#write(built.snapshot, over));
    } catch (thrown) {
      problem = `The snapshot could not be written to ${path}: ${sentenceOf(thrown)}`;
    }
    if (problem !== null) log('error', problem);
    return { snapshot, problem };
  }

  /** Sends what was saved. Answers as `save` does. */
  async send(snapshot: Snapshot, runId: string | null, signal: AbortSignal): Promise<string | null> {
    const { client, log } = this.#parts;
    return await sendSnapshot({ client, snapshot, runId, signal, log });
  }

  /** For a workspace that is no more. */
  async forget(): Promise<void> {
    const { path, log } = this.#parts;
    await deleteSnapshot(path).catch((thrown: unknown) => log('warn', `The snapshot could not be deleted: ${sentenceOf(thrown)}`));
  }

  #build(): Promise<{ snapshot: Snapshot; problem: string | null }> {
    const { workspaceId, bootId, agent, memory, work } = this.#parts;
    const facts: SnapshotFacts = {
      ...work.inHand,
      workspaceId,
      bootId,
      now: Date.now(),
      uptimeSeconds: Math.floor((performance.now() - this.#startedAt) / 1000),
      sessionId: memory.sessionId,
      transcriptLines: memory.transcript.lines,
      completedMessageIds: memory.completed.ids,
      unfinished: work.unfinished,
    };
    return buildSnapshot(facts, () => within(this.#half, async () => await agent.preStopState?.()));
  }

  /** One after another: an older snapshot must never replace a newer one. */
  #write(snapshot: Snapshot, over: AbortSignal | null): Promise<void> {
    const next = this.#writing.then(async () => {
      if (over?.aborted) return;
      if (over !== null) this.#wroteForDrain = true;
      await writeSnapshot(this.#parts.path, snapshot);
    });
    this.#writing = next.catch(() => {});
    return next;
  }
}
