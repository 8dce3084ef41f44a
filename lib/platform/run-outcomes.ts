import { CanvasError } from '#lib/contract/errors.ts';
import type { RunState } from '#lib/domain/restart-run.ts';
import { runById } from '#lib/store/restart-runs.ts';
import type { Store } from '#lib/store/store.ts';

/** How a run ended. */
export interface RunOutcome {
  state: 'done' | 'cancelled' | 'failed';
  why: string;
}

export function outcomeOf(run: RunState): RunOutcome {
  const state = run.state === 'done' || run.state === 'cancelled' ? run.state : 'failed';
  return { state, why: run.failure?.why ?? (run.cancelled_by ? `Cancelled by ${run.cancelled_by.name}` : '') };
}

/** Those who wait for the end of a run. */
export class RunOutcomes {
  readonly #waiting = new Map<string, ((outcome: RunOutcome) => void)[]>();

  /** Resolves when the run has ended; at once when it has. `isOpen` tells whether it is under way in this process. */
  async of(store: Store, runId: string, isOpen: (runId: string) => boolean): Promise<RunOutcome> {
    if (!isOpen(runId)) {
      const run = await runById(store.db, runId);
      if (run === null) throw new CanvasError('not_found', `There is no restart run ${runId}.`);
      if (run.ended_at !== null) return outcomeOf(run);
    }
    return new Promise((resolve) => {
      this.#waiting.set(runId, [...(this.#waiting.get(runId) ?? []), resolve]);
    });
  }

  ended(run: RunState): void {
    for (const resolve of this.#waiting.get(run.id) ?? []) resolve(outcomeOf(run));
    this.#waiting.delete(run.id);
  }
}
