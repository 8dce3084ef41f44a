import { expect, test } from 'vitest';
import type { LedgerEvent, NewEvent } from '#lib/contract/events.ts';
import { eventText } from './event-text.ts';

const of = <T extends NewEvent['type']>(type: T, data: Extract<NewEvent, { type: T }>['data']): LedgerEvent =>
  ({ type, data, seq: 1, at: 0, workspace_id: 'w', actor: { kind: 'operator', id: null, name: 'Ada' } }) as unknown as LedgerEvent;

test('a step of a run is told by what it is part of, with a mark while it goes on', () => {
  const step = (name: 'draining' | 'started' | 'done' | 'failed', says: string) =>
    eventText(of('restart.step', { run_id: 'r', kind: 'restart', step: name, says }));
  expect(step('draining', 'Draining')).toEqual({ title: 'Restart: Draining', detail: '', tone: 'drain', shape: 'draining' });
  expect(step('started', 'Started with a fresh token')).toMatchObject({ shape: 'restarting' });
  expect(step('done', 'Done')).toMatchObject({ title: 'Restart done', tone: 'ok', shape: null });
  expect(step('failed', 'Failed')).toMatchObject({ tone: 'bad', shape: 'failed' });
});

test('what became of a message says from whom, and why', () => {
  const dropped = eventText(of('message.dropped', { queue_id: 'q', sender_name: 'Docs Writer', why: 'sent twice' }));
  expect(dropped).toMatchObject({ title: 'A message from Docs Writer was dropped', detail: 'sent twice' });
  const failed = eventText(of('message.failed', { queue_id: 'q', sender_name: 'Docs Writer', why: 'it answered 500 five times' }));
  expect(failed).toMatchObject({ tone: 'bad', detail: 'it answered 500 five times' });
});

test('a snapshot is told with its size, and an unknown kind by its own name', () => {
  expect(eventText(of('snapshot.saved', { snapshot_id: 's', run_id: null, bytes: 14_200 }))).toMatchObject({ detail: '14 KB' });
  expect(eventText({ ...of('token.accepted_again', {}), type: 'later.kind' } as unknown as LedgerEvent).title).toBe('later.kind');
});

test('a delegation is told by its state and what it is for', () => {
  const changed = (state: 'queued' | 'completed' | 'failed') =>
    eventText(of('delegation.changed', { delegation_id: 'd', target_id: 't', state, summary: 'Write it', trace_id: 'x' }));
  expect(changed('completed')).toEqual({ title: 'Delegation: completed', detail: 'Write it', tone: 'ok', shape: null });
  expect(changed('queued')).toMatchObject({ title: 'Delegation: waits', shape: 'late' });
  expect(changed('failed')).toMatchObject({ tone: 'bad', shape: 'failed' });
});

test('an incident is told by what became of it', () => {
  const changed = (change: 'opened' | 'assigned') =>
    eventText(
      of('incident.changed', { incident_id: 'i', kind: 'wedged', severity: 'critical', change, title: 'Atlas is wedged', count: 1 }),
    );
  expect(changed('opened')).toEqual({ title: 'In the inbox: an incident', detail: 'Atlas is wedged', tone: 'off', shape: null });
  expect(changed('assigned').title).toBe('In the inbox: who takes care of it changed');
});
