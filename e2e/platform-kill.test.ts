import { expect, test } from 'vitest';
import { killRounds } from './kill-rounds.ts';

/** `npm run test:kill -- --rounds 30 --seed N` goes on for longer. */
test('a platform killed with -9 under load loses nothing it acknowledged, leaves no orphan and calls nobody offline', async () => {
  const report = await killRounds({ rounds: 5, seed: 20_261_121, say: () => undefined });
  expect(report.rounds).toBe(5);
  expect(report.changes).toBeGreaterThan(20);
}, 300_000);
