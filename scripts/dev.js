import './require-node.js';
import './end-with-parent.js';
import { ensureInstalled } from './ensure-installed.js';
import { runCommand } from './run-command.js';
import { say } from './say.js';

await ensureInstalled({ dev: true });
say('· The server starts again after each change to it; pages reload themselves.');
const tsx = ['node_modules/tsx/dist/cli.mjs', 'watch', '--clear-screen=false'];
const { code } = await runCommand([process.execPath, ...tsx, 'lib/main.ts'], { env: { NODE_ENV: 'development' } });
process.exit(code);
