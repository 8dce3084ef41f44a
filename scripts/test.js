import './require-node.js';
import './end-with-parent.js';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { ensureBuilt } from './ensure-built.js';
import { ensureInstalled } from './ensure-installed.js';
import { ensureTestTools } from './ensure-test-tools.js';
import { PROJECT_ROOT } from './project-root.js';
import { runCommand } from './run-command.js';
import { say, seconds, step } from './say.js';
import { playwrightCounts, vitestCounts } from './test-report.js';

// Every check and every test. CI=1: a tool that is missing is a failure. CANVAS_TEST_NODE24=1: lib's tests on Node 24 too.
const started = Date.now();
const results = join(PROJECT_ROOT, 'test-results');
const summary = [];
const total = { passed: 0, failed: 0, skipped: 0 };

await ensureInstalled({ dev: true });
const notRun = await ensureTestTools();
await ensureBuilt();
rmSync(results, { recursive: true, force: true });
mkdirSync(results, { recursive: true });

await step('Checking format, imports, types and dead code', async () => {
  await Promise.all([
    check('biome', ['node_modules/@biomejs/biome/bin/biome', 'check', '--error-on-warnings', '--max-diagnostics=100']),
    check('types', ['node_modules/typescript/bin/tsc', '-p', '.']),
    check('dead code', ['node_modules/knip/bin/knip.js', '--no-progress']),
  ]);
});
await vitest('tests', [process.execPath], []);
await playwright();
if (process.env.CANVAS_TEST_NODE24) await vitest('tests of lib on Node 24', ['npx', '-y', '-p', 'node@24', '--', 'node'], ['lib']);

say(`\n${summary.join('\n')}`);
for (const line of notRun) say(line);
say(`Everything took ${seconds(Date.now() - started)}.`);
if (notRun.length && process.env.CI) total.failed += notRun.length;
if (total.failed || !total.passed) process.exitCode = 1;
say(`${total.passed} passed, ${total.failed} failed${total.skipped ? `, ${total.skipped} skipped` : ''}`);

/** A check is no test: it adds to the failures when it fails, and to nothing when it passes. */
async function check(name, args) {
  const { code, output } = await runCommand([process.execPath, ...args], { quiet: true });
  if (code !== 0) {
    say(`\n${output.trim()}\n`);
    total.failed += 1;
  }
  summary.push(`${name}: ${code === 0 ? 'clean' : 'FAILED'}`);
}

async function vitest(name, node, filter) {
  const report = join(results, `${name.replaceAll(' ', '-')}.json`);
  say(`· Running the ${name} …`);
  const args = ['node_modules/vitest/vitest.mjs', 'run', ...filter, '--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const { code } = await runCommand([...node, ...args], { env: { NODE_ENV: 'test' } });
  add(name, code, vitestCounts(report));
}

async function playwright() {
  if (notRun.some((line) => line.includes('Chromium'))) return;
  const report = join(results, 'pages.json');
  say('· Running the tests of the pages …');
  const args = ['node_modules/@playwright/test/cli.js', 'test', '--config=e2e/playwright.config.ts', '--reporter=list,json'];
  const { code } = await runCommand([process.execPath, ...args], { env: { PLAYWRIGHT_JSON_OUTPUT_NAME: report } });
  add('tests of the pages', code, playwrightCounts(report));
}

/** An exit code that the counts do not explain (an unhandled error, a crash of the runner) is a failure as well. */
function add(name, code, counts) {
  const failed = counts.failed || (code === 0 ? 0 : 1);
  total.passed += counts.passed;
  total.failed += failed;
  total.skipped += counts.skipped;
  summary.push(`${name}: ${counts.passed} passed, ${failed} failed${counts.skipped ? `, ${counts.skipped} skipped` : ''}`);
}
