import { expect, test } from 'vitest';
import type { LedgerEvent } from '#lib/contract/events.ts';
import type { RunStep } from '#lib/contract/restart-steps.ts';
import { foldRuns } from './fold-runs.ts';

const ADA = { kind: 'operator', id: null, name: 'Ada' } as const;
const RUNNER = { kind: 'platform', id: null, name: 'restarts' } as const;

function step(seq: number, run_id: string, name: RunStep, actor: LedgerEvent['actor'] = RUNNER): LedgerEvent {
  return { type: 'restart.step', seq, at: seq, workspace_id: 'w', actor, data: { run_id, kind: 'restart', step: name, says: name } };
}
const saved: LedgerEvent = {
  type: 'snapshot.saved',
  seq: 4,
  at: 4,
  workspace_id: 'w',
  actor: RUNNER,
  data: { snapshot_id: 's', run_id: 'r', bytes: 1 },
};

test('the steps of a run are one line: its newest step, by whoever asked for it', () => {
  const lines = foldRuns([step(6, 'r', 'done'), step(5, 'r', 'restored'), saved, step(3, 'r', 'draining'), step(2, 'r', 'requested', ADA)]);
  expect(lines.map(({ event, runId, steps }) => [event.seq, runId, steps])).toEqual([
    [6, 'r', 4],
    [4, null, 1],
  ]);
  expect(lines[0]?.actor).toEqual(ADA);
});

test('two runs are two lines, and a force shows how far its run is', () => {
  const forced: LedgerEvent = { type: 'restart.forced', seq: 9, at: 9, workspace_id: 'w', actor: ADA, data: { run_id: 'q' } };
  const lines = foldRuns([forced, step(8, 'q', 'draining'), step(6, 'r', 'cancelled'), step(5, 'r', 'requested')]);
  expect(lines).toMatchObject([
    { event: { type: 'restart.step', data: { step: 'draining' }, at: 9 }, actor: ADA, steps: 2 },
    { event: { seq: 6 }, actor: RUNNER, steps: 2 },
  ]);
});

test('what an event did to the inbox is no line of its own, but that somebody takes care of it is', () => {
  const incident = (seq: number, change: 'opened' | 'closed' | 'assigned'): LedgerEvent => ({
    type: 'incident.changed',
    seq,
    at: seq,
    workspace_id: 'w',
    actor: RUNNER,
    data: { incident_id: 'i', kind: 'wedged', severity: 'critical', change, title: 'It is wedged', count: 1 },
  });
  const lines = foldRuns([incident(9, 'closed'), incident(8, 'assigned'), saved, incident(3, 'opened')]);
  expect(lines.map(({ event }) => event.seq)).toEqual([8, 4]);
});
