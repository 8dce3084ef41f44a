import { expect, test } from 'vitest';
import type { Incident, IncidentKind } from '#lib/contract/incidents.ts';
import { isStillTrue } from './incident-true.ts';
import { newFacts, type WorkspaceFacts } from './workspace-facts.ts';

const facts = (some: Partial<WorkspaceFacts> = {}): WorkspaceFacts => ({ ...newFacts(true, 0), status: 'online', ...some });
const incident = (kind: IncidentKind, some: Partial<Incident> = {}) => ({
  kind,
  closed_at: null,
  part_of: null,
  workspace_id: 'w',
  ...some,
});

test.each<[IncidentKind, Partial<WorkspaceFacts>, boolean]>([
  ['wedged', { status: 'degraded', cause: 'wedged', wedged: { reason: '', since: 1 } }, true],
  ['wedged', { status: 'offline', wedged: { reason: '', since: 1 } }, true],
  ['wedged', {}, false],
  ['failed', { status: 'failed' }, true],
  ['failed', { status: 'provisioning' }, false],
  ['offline', { status: 'offline' }, true],
  ['offline', { status: 'awaiting_agent' }, true],
  ['offline', { status: 'provisioning' }, true],
  ['offline', { status: 'paused' }, false],
  ['offline', {}, false],
  ['degraded', { status: 'degraded', cause: 'errors' }, true],
  ['degraded', { status: 'degraded', cause: 'wedged' }, false],
  ['token_rejected', { token_rejected_at: 5 }, true],
  ['token_rejected', {}, false],
  ['restart_failed', {}, true],
  ['message_failed', {}, true],
])('%s with %o: %s', (kind, some, expected) => {
  expect(isStillTrue(incident(kind), facts(some))).toBe(expected);
});

test('what is closed, is said by another incident, or is about a workspace that is gone, is not so any more', () => {
  expect(isStillTrue(incident('restart_failed', { closed_at: 5 }), facts())).toBe(false);
  expect(isStillTrue(incident('restart_failed', { part_of: 'm' }), facts())).toBe(false);
  expect(isStillTrue(incident('restart_failed'), null)).toBe(false);
  expect(isStillTrue(incident('mass', { workspace_id: null }), null)).toBe(true);
});

test('what was said stays said', () => {
  expect(isStillTrue(incident('delegation', { closed_at: 5 }), null)).toBe(true);
});
