import type { EventActor, NewEvent } from '#lib/contract/events.ts';
import type { RunStep } from '#lib/contract/restart-steps.ts';
import type { RunState } from '#lib/domain/restart-run.ts';
import { sayStep } from '#lib/domain/say-step.ts';

/** What the ledger learns of a step. */
export function stepEvent(run: RunState, step: RunStep, detail: Record<string, unknown>, actor: EventActor, at: number): NewEvent {
  const data = { run_id: run.id, kind: run.kind, step, says: sayStep(step, detail) };
  return { type: 'restart.step', workspace_id: run.workspace_id, actor, at, data };
}
