import './require-node.js';
import './end-with-parent.js';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { ensureBuilt } from './ensure-built.js';
import { ensureInstalled } from './ensure-installed.js';
import { PROJECT_ROOT } from './project-root.js';

// node scripts/run-program.js NAME [arguments]: runs dist/NAME.js as if it had been started directly.
const [node, , name, ...args] = process.argv;
const program = join(PROJECT_ROOT, 'dist', `${name}.js`);

await ensureInstalled({ dev: false });
await ensureBuilt();
process.argv = [node, program, ...args];
await import(pathToFileURL(program).href);
