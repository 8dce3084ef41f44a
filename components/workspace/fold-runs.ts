import type { EventActor, LedgerEvent } from '#lib/contract/events.ts';

/** A line of what happened: one event, or all that is told of one restart run, under the newest step of it. */
export interface TimelineLine {
  event: LedgerEvent;
  actor: EventActor;
  /** The run that it is about; null: none. */
  runId: string | null;
  /** How many steps of that run are in this line. */
  steps: number;
}

function runOf(event: LedgerEvent): string | null {
  return event.type === 'restart.step' || event.type === 'restart.forced' ? event.data.run_id : null;
}

/** That an incident opens, repeats or closes follows from an event that is in the list by itself. */
function isToldAlready(event: LedgerEvent): boolean {
  return event.type === 'incident.changed' && event.data.change !== 'assigned';
}

/** Folds the steps of a run into the line of its newest one, and leaves out what repeats another. `events`: newest first, as the lines are. */
export function foldRuns(events: readonly LedgerEvent[]): TimelineLine[] {
  const lines: TimelineLine[] = [];
  const ofRun = new Map<string, TimelineLine>();
  for (const event of events) {
    if (isToldAlready(event)) continue;
    const runId = runOf(event);
    const line = runId === null ? undefined : ofRun.get(runId);
    if (line === undefined) {
      const made = { event, actor: event.actor, runId, steps: 1 };
      lines.push(made);
      if (runId !== null) ofRun.set(runId, made);
      continue;
    }
    line.steps += 1;
    // A force has no words for where the run is: the newest step has.
    if (line.event.type === 'restart.forced' && event.type === 'restart.step') line.event = { ...event, at: line.event.at };
    // The steps are the platform's own; whoever asked for it, forced or cancelled it is who caused it.
    if (line.actor.kind === 'platform') line.actor = event.actor;
  }
  return lines;
}
