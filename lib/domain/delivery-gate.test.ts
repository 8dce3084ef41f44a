import { expect, test } from 'vitest';
import { WORKSPACE_STATUSES } from '#lib/contract/workspace-status.ts';
import { type GateFacts, whyHeld } from './delivery-gate.ts';

const open: GateFacts = { status: 'online', wedged: false, inRun: false, hasUrl: true, delivery_mode: 'push' };

test('messages go to what is online or degraded, and to nothing else', () => {
  expect(WORKSPACE_STATUSES.filter((status) => whyHeld({ ...open, status }) === null).sort()).toEqual(['degraded', 'online']);
});

test.each<[Partial<GateFacts>, RegExp]>([
  [{ inRun: true }, /restarted/],
  [{ wedged: true }, /stuck/],
  [{ status: 'degraded', wedged: true }, /stuck/],
  [{ hasUrl: false }, /address/],
  [{ delivery_mode: 'poll' }, /fetches/],
  [{ status: 'paused', inRun: true }, /paused/],
])('%j holds them back, and says why', (some, why) => {
  expect(whyHeld({ ...open, ...some })).toMatch(why);
});
