import { defineConfig } from 'vitest/config';

// `expect.poll` gives up within the time of a test, so that it says what it saw, and not before a busy machine gets there.
const limits = { pool: 'forks', testTimeout: 20_000, hookTimeout: 60_000, retry: 0, expect: { poll: { timeout: 15_000 } } } as const;

export default defineConfig({
  test: {
    maxWorkers: 2,
    passWithNoTests: false,
    allowOnly: false,
    projects: [
      {
        test: {
          ...limits,
          name: 'tests',
          include: ['lib/**/*.test.ts', 'components/**/*.test.{ts,tsx}', 'e2e/**/*.test.ts', 'scripts/**/*.test.ts'],
          exclude: ['**/*.alone.test.ts'],
          sequence: { groupOrder: 0 },
        },
      },
      {
        // Tests that measure time or memory run one by one, when the others are done.
        test: { ...limits, name: 'alone', include: ['{lib,e2e}/**/*.alone.test.ts'], fileParallelism: false, sequence: { groupOrder: 1 } },
      },
    ],
  },
});
