import { accessSync, constants, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { PROJECT_ROOT } from './project-root.js';
import { runCommand } from './run-command.js';
import { fail, step } from './say.js';
import { alone } from './work-lock.js';

const MODULES = join(PROJECT_ROOT, 'node_modules');
const PLATFORM_FILE = join(MODULES, '.canvas-platform');
const PLATFORM = `${process.platform}-${process.arch}`;
const UNREACHABLE = /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|ERR_SOCKET_TIMEOUT|FETCH_ERROR/;

/**
 * Installs what package-lock.json asks for, when it is not there. A full install satisfies one without dev packages.
 * @param {{ dev: boolean }} options
 */
export async function ensureInstalled({ dev }) {
  if (!whyNotInstalled(dev)) return;
  await requireWritable();
  await alone(async () => {
    const why = whyNotInstalled(dev);
    if (why) await step(`Installing packages from the npm registry (${why})`, () => install(dev));
  });
}

/**
 * npm writes node_modules/.package-lock.json last, so a half-finished install never looks complete.
 * @returns {string | null} null when everything is in place
 */
function whyNotInstalled(dev) {
  const installed = readPackages(join(MODULES, '.package-lock.json'));
  if (!installed) return 'nothing is installed yet';
  if (existsSync(PLATFORM_FILE) && readFileSync(PLATFORM_FILE, 'utf8') !== PLATFORM) return `not for ${PLATFORM}`;
  const wanted = readPackages(join(PROJECT_ROOT, 'package-lock.json')) ?? {};
  for (const [path, entry] of Object.entries(wanted)) {
    if (path === '' || entry.optional || (entry.dev && !dev)) continue;
    if (installed[path]?.version !== entry.version) {
      const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
      return installed[path] ? `${name} is not at ${entry.version}` : `${name} is missing`;
    }
  }
  return null;
}

function readPackages(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages;
  } catch {
    return null;
  }
}

async function install(dev) {
  const npm = process.env.npm_execpath?.endsWith('.js') ? [process.execPath, process.env.npm_execpath] : ['npm'];
  const which = dev ? '--include=dev' : '--omit=dev';
  const { code, output } = await runCommand([...npm, 'ci', which, '--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error'], {
    quiet: true,
  });
  if (code === 0) return writeFileSync(PLATFORM_FILE, PLATFORM);
  if (UNREACHABLE.test(output)) {
    return fail(
      `${output.trim()}\n\nThe npm registry could not be reached. Check the network (or a proxy: npm config get https-proxy), then run this again.`,
    );
  }
  return fail(`${output.trim()}\n\n\`npm ci\` failed with exit code ${code}; its own words are above.`);
}

/** Fails early and by name where npm and Next would fail late and at length. */
export async function requireWritable() {
  try {
    accessSync(PROJECT_ROOT, constants.W_OK);
  } catch {
    await fail(
      `${PROJECT_ROOT} cannot be written by this user, and Canvas installs and builds there.\nChange its owner, or clone into a folder of your own.`,
    );
  }
}
