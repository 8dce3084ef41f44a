import { execFileSync } from 'node:child_process';
import { chmodSync } from 'node:fs';
import { join } from 'node:path';

import { PROJECT_ROOT } from './project-root.js';

const SHARED = {
  absWorkingDir: PROJECT_ROOT,
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  outdir: 'dist',
  sourcemap: 'linked',
  sourcesContent: false,
  legalComments: 'none',
  logLevel: 'warning',
};

/** Programs that run beside node_modules. */
const BESIDE_PACKAGES = {
  main: 'lib/main.ts',
  backup: 'lib/backup-main.ts',
  fleet: 'e2e/fleet/main.ts',
  bench: 'e2e/bench/main.ts',
  kill: 'e2e/kill-main.ts',
  chaos: 'e2e/chaos-main.ts',
  'scrub-speed': 'lib/domain/test-scrub-speed.ts',
};

/** These carry their packages: they start faster, and can be copied to another machine alone. `workspace` finds `workspace-mcp` beside it when it is asked for tools. */
const SELF_CONTAINED = { workspace: 'lib/runtime/main.ts', 'workspace-mcp': 'lib/runtime/mcp/program.ts', canvas: 'lib/cli/main.ts' };
const FILES = { CANVAS_MCP_FILE: JSON.stringify('./workspace-mcp.js') };

// Packages written for require() keep calling it inside an ES module bundle.
const REQUIRE = "import { createRequire as canvasRequire } from 'node:module';\nconst require = canvasRequire(import.meta.url);";

/** Writes dist/*.js. Rejects with esbuild's own words. */
export async function bundle() {
  const { build, stop } = await import('esbuild');
  await Promise.all([
    build({ ...SHARED, entryPoints: BESIDE_PACKAGES, packages: 'external', define: { CANVAS_COMMIT: JSON.stringify(commit()) } }),
    build({ ...SHARED, entryPoints: SELF_CONTAINED, define: FILES, banner: { js: REQUIRE } }),
  ]);
  // A command that is installed or linked is run by itself.
  chmodSync(join(PROJECT_ROOT, SHARED.outdir, 'canvas.js'), 0o755);
  // The compiler is a process of its own; the server that is about to start in this one does not need it.
  await stop();
}

/** Null outside a repository, and where there is no git. */
function commit() {
  try {
    return execFileSync('git', ['rev-parse', 'HEAD'], { cwd: PROJECT_ROOT, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return null;
  }
}
