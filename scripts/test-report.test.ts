import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, describe, expect, it } from 'vitest';
import { playwrightCounts, vitestCounts } from './test-report.js';

const folder = mkdtempSync(join(tmpdir(), 'canvas-report-'));
afterAll(() => rmSync(folder, { recursive: true }));

function file(report: unknown): string {
  const path = join(folder, 'report.json');
  writeFileSync(path, JSON.stringify(report));
  return path;
}

function vitestReport(passed: number, failed: number, skipped: number, suites: unknown[] = []) {
  return { numPassedTests: passed, numFailedTests: failed, numPendingTests: skipped, numTodoTests: 0, testResults: suites };
}

describe('vitestCounts', () => {
  it('counts what passed, failed and was skipped', () => {
    expect(vitestCounts(file(vitestReport(7, 2, 1)))).toEqual({ passed: 7, failed: 2, skipped: 1 });
  });

  it('counts a file that could not be loaded as a failure, and one with failed tests only through these', () => {
    const broken = { status: 'failed', assertionResults: [] };
    const failing = { status: 'failed', assertionResults: [{ status: 'failed' }] };
    expect(vitestCounts(file(vitestReport(7, 1, 0, [broken, failing]))).failed).toBe(2);
  });

  it('calls a run without tests, or without a report, a failed run', () => {
    expect(vitestCounts(file(vitestReport(0, 0, 5))).failed).toBe(1);
    expect(vitestCounts(join(folder, 'missing.json')).failed).toBe(1);
  });
});

describe('playwrightCounts', () => {
  it('counts a flaky test as failed', () => {
    expect(playwrightCounts(file({ stats: { expected: 4, unexpected: 1, flaky: 2, skipped: 0 } }))).toEqual({
      passed: 4,
      failed: 3,
      skipped: 0,
    });
  });

  it('calls a run without tests, or without a report, a failed run', () => {
    expect(playwrightCounts(file({ stats: { expected: 0, unexpected: 0, flaky: 0, skipped: 0 } })).failed).toBe(1);
    expect(playwrightCounts(join(folder, 'missing.json')).failed).toBe(1);
  });
});
