import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ensureBuilt } from './ensure-built.js';
import { ensureInstalled } from './ensure-installed.js';
import { PROJECT_ROOT } from './project-root.js';
import { requireFreePort } from './require-free-port.js';

/**
 * Installs and builds what is missing, then becomes the server. It runs in this very process: a signal meant for
 * Canvas reaches one process, and there is no child that could outlive it.
 */
export async function serve() {
  await requireFreePort();
  await ensureInstalled({ dev: false });
  await ensureBuilt();
  process.env.NODE_ENV = 'production';
  process.chdir(PROJECT_ROOT);
  await import(pathToFileURL(join(PROJECT_ROOT, 'dist', 'main.js')).href);
}
