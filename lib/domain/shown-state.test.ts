import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NEEDS_PERSON, SHOWN_STATES, STATUS_CAUSES, WORKSPACE_STATUSES } from '#lib/contract/workspace-status.ts';
import type { WorkspaceCard } from '#lib/contract/workspaces.ts';
import { compareAttention, shownState } from './shown-state.ts';
import { aCard } from './workspace-card.fixture.ts';

describe('shownState', () => {
  it.each<[Partial<WorkspaceCard>, string]>([
    [{ status: 'online' }, 'online'],
    [{ status: 'online', late: true }, 'late'],
    [{ status: 'degraded', cause: 'errors' }, 'degraded'],
    [{ status: 'degraded', cause: 'errors', late: true }, 'degraded'],
    [{ status: 'degraded', cause: 'wedged' }, 'wedged'],
    [{ status: 'degraded', cause: 'wedged', late: true, token_rejected_at: 1 }, 'wedged'],
    [{ status: 'degraded', cause: 'errors', token_rejected_at: 1 }, 'token_rejected'],
    [{ status: 'online', late: true, token_rejected_at: 1 }, 'token_rejected'],
    [{ status: 'provisioning', token_rejected_at: 1 }, 'token_rejected'],
    [{ status: 'offline', cause: 'lapse' }, 'offline'],
    [{ status: 'offline', cause: 'lapse', token_rejected_at: 1 }, 'token_rejected'],
    [{ status: 'offline', cause: 'process_ended', token_rejected_at: 1 }, 'offline'],
    [{ status: 'failed', cause: 'start_failed', token_rejected_at: 1 }, 'failed'],
    [{ status: 'failed', cause: 'no_first_beat', token_rejected_at: 1 }, 'token_rejected'],
    [{ status: 'awaiting_agent', cause: 'not_connected' }, 'awaiting_agent'],
    [{ status: 'awaiting_agent', cause: 'lapse' }, 'offline'],
    [{ status: 'awaiting_agent', cause: 'lapse', token_rejected_at: 1 }, 'token_rejected'],
    [{ status: 'provisioning' }, 'provisioning'],
    [{ status: 'draining', token_rejected_at: 1 }, 'draining'],
    [{ status: 'restarting' }, 'restarting'],
    [{ status: 'paused', late: true, token_rejected_at: 1 }, 'paused'],
  ])('%o is shown as %s', (over, shown) => {
    expect(shownState(aCard(over))).toBe(shown);
  });
});

describe('compareAttention', () => {
  it('puts what needs a person first, then the rest by name', () => {
    const cards = [
      aCard({ id: '1', name: 'Zeta' }),
      aCard({ id: '2', name: 'alpha 10', status: 'provisioning' }),
      aCard({ id: '3', name: 'Alpha 9', status: 'paused' }),
      aCard({ id: '4', name: 'D', status: 'draining' }),
      aCard({ id: '5', name: 'L', late: true }),
      aCard({ id: '6', name: 'E', status: 'degraded', cause: 'errors' }),
      aCard({ id: '7', name: 'T', token_rejected_at: 1 }),
      aCard({ id: '8', name: 'O', status: 'offline', cause: 'lapse' }),
      aCard({ id: '9', name: 'F', status: 'failed', cause: 'start_failed' }),
      aCard({ id: 'b', name: 'W 10', status: 'degraded', cause: 'wedged' }),
      aCard({ id: 'a', name: 'W 9', status: 'degraded', cause: 'wedged' }),
    ];
    expect(cards.sort(compareAttention).map((card) => card.id)).toEqual(['a', 'b', '9', '8', '7', '6', '5', '4', '3', '2', '1']);
  });

  it('is a total order that never puts a calm one before one that needs a person', () => {
    const card = fc
      .record({
        id: fc.constantFrom('a', 'b', 'c'),
        name: fc.constantFrom('A', 'a', 'B 2', 'B 10'),
        status: fc.constantFrom(...WORKSPACE_STATUSES),
        cause: fc.constantFrom(null, ...STATUS_CAUSES),
        late: fc.boolean(),
        token_rejected_at: fc.constantFrom(null, 5),
      })
      .map(aCard);
    fc.assert(
      fc.property(card, card, card, (a, b, c) => {
        const ab = compareAttention(a, b);
        expect(Math.sign(ab) + Math.sign(compareAttention(b, a))).toBe(0);
        if (ab <= 0 && compareAttention(b, c) <= 0) expect(compareAttention(a, c)).toBeLessThanOrEqual(0);
        if (NEEDS_PERSON[shownState(a)] && !NEEDS_PERSON[shownState(b)]) expect(ab).toBeLessThan(0);
      }),
    );
  });
});

it('knows a place for every state', () => {
  const reachable = new Set<string>();
  for (const status of WORKSPACE_STATUSES) {
    for (const cause of [null, ...STATUS_CAUSES]) {
      for (const late of [true, false]) {
        for (const token_rejected_at of [null, 1]) reachable.add(shownState(aCard({ status, cause, late, token_rejected_at })));
      }
    }
  }
  expect([...reachable].sort()).toEqual([...SHOWN_STATES].sort());
});
