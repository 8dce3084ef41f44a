import { readFileSync } from 'node:fs';

/** @typedef {{ passed: number, failed: number, skipped: number }} Counts */

/**
 * Counts from Vitest's JSON report. A file that could not even be loaded has no tests, and counts as one failure.
 * @returns {Counts}
 */
export function vitestCounts(file) {
  const report = readReport(file);
  if (!report) return { passed: 0, failed: 1, skipped: 0 };
  const broken = report.testResults.filter(
    (suite) => suite.status === 'failed' && !suite.assertionResults.some((test) => test.status === 'failed'),
  );
  return atLeastOne({
    passed: report.numPassedTests,
    failed: report.numFailedTests + broken.length,
    skipped: report.numPendingTests + report.numTodoTests,
  });
}

/**
 * Counts from Playwright's JSON report. A flaky test is a failed one.
 * @returns {Counts}
 */
export function playwrightCounts(file) {
  const stats = readReport(file)?.stats;
  if (!stats) return { passed: 0, failed: 1, skipped: 0 };
  return atLeastOne({ passed: stats.expected, failed: stats.unexpected + stats.flaky, skipped: stats.skipped });
}

/** A run in which nothing ran is a failed run. */
function atLeastOne(counts) {
  return counts.passed + counts.failed ? counts : { ...counts, failed: 1 };
}

function readReport(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return null;
  }
}
