import { expect, test } from 'vitest';
import { brokenDelegations } from './chaos/judge-delegations.ts';
import { delegationsText, killDelegations } from './delegations-kill-run.ts';

/** `npm run chaos -- --delegations 500 --seed N` goes on for longer. */
test('delegations under kills of the platform, the asking and the asked end once, and are told and shown once', async () => {
  const report = await killDelegations({ delegations: 40, workspaces: 4, killEvery: 5, seed: 2, say: () => undefined });
  expect(brokenDelegations(report.verdict), delegationsText(report)).toBe(0);
  expect(report.states['completed']).toBeGreaterThan(30);
  expect(Object.keys(report.kills).length).toBeGreaterThanOrEqual(2);
}, 600_000);
