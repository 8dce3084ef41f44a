import { expect, test } from 'vitest';
import { brokenPromises, reportText } from './chaos/report-text.ts';
import { chaos } from './chaos-run.ts';

/** `npm run chaos -- --restarts 200 --seed N` goes on for longer. */
test('restarts under load, with kills of runtimes, agents and the platform, lose no message and do none twice', async () => {
  const report = await chaos({ restarts: 8, workspaces: 4, seed: 1, say: () => undefined });
  expect(brokenPromises(report), reportText(report)).toBe(0);
  expect(report.verdict.sent).toBeGreaterThan(10);
  expect(report.verdict.doneOnce).toBe(report.verdict.sent);
  expect(report.runs.length).toBeGreaterThanOrEqual(8);
}, 300_000);
