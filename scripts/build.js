import './require-node.js';
import './end-with-parent.js';
import { ensureBuilt } from './ensure-built.js';
import { ensureInstalled } from './ensure-installed.js';
import { say } from './say.js';

await ensureInstalled({ dev: false });
await ensureBuilt();
say('✓ Everything is built. Start it with: npm start');
