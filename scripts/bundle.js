import { existsSync } from 'node:fs';
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
const BESIDE_PACKAGES = { main: 'lib/main.ts', backup: 'lib/backup-main.ts', bench: 'e2e/bench/main.ts' };

/** Programs that carry their packages with them: they start faster, and can be copied to another machine alone. */
const SELF_CONTAINED = { workspace: 'lib/runtime/main.ts', fleet: 'e2e/fleet/main.ts' };

// Packages written for require() keep calling it inside an ES module bundle.
const REQUIRE = "import { createRequire as canvasRequire } from 'node:module';\nconst require = canvasRequire(import.meta.url);";

function buildOptions() {
  return [
    { ...SHARED, entryPoints: present(BESIDE_PACKAGES), packages: 'external' },
    { ...SHARED, entryPoints: present(SELF_CONTAINED), banner: { js: REQUIRE } },
  ].filter((options) => Object.keys(options.entryPoints).length);
}

function present(entries) {
  return Object.fromEntries(Object.entries(entries).filter(([, file]) => existsSync(join(PROJECT_ROOT, file))));
}

/** Writes dist/*.js once. Rejects with esbuild's own words. */
export async function bundle() {
  const { build, stop } = await import('esbuild');
  await Promise.all(buildOptions().map((options) => build(options)));
  // The compiler is a process of its own; the server that is about to start in this one does not need it.
  await stop();
}
