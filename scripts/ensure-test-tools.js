import { accessSync, constants, existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';

import { runCommand } from './run-command.js';
import { say, step } from './say.js';

const TOOLS = [
  { name: 'a Chromium browser', needed: 'the tests of the pages', apt: ['chromium'], found: hasChromium },
  { name: 'a PostgreSQL server', needed: 'the store tests on PostgreSQL', apt: ['postgresql'], found: hasPostgres },
];

/**
 * Installs the programs that tests drive and npm does not bring, where that is possible: on Debian and its
 * relatives, as root.
 * @returns {Promise<string[]>} one sentence for each that is still missing, with the tests that cannot run
 */
export async function ensureTestTools() {
  const missing = TOOLS.filter((tool) => !tool.found());
  if (missing.length && process.getuid?.() === 0 && inPath('apt-get')) {
    const packages = missing.flatMap((tool) => tool.apt);
    await step(`Installing ${packages.join(' and ')} with apt-get`, async () => {
      const env = { DEBIAN_FRONTEND: 'noninteractive' };
      const update = await runCommand(['apt-get', 'update', '-q'], { quiet: true, env });
      const install = await runCommand(['apt-get', 'install', '-q', '-y', '--no-install-recommends', ...packages], { quiet: true, env });
      if (install.code !== 0) say(`${update.output}\n${install.output}`.trim());
    });
  }
  return TOOLS.filter((tool) => !tool.found()).map(
    (tool) => `NOT RUN: ${tool.needed}, because ${tool.name} is missing. On Debian: apt-get install ${tool.apt.join(' ')}`,
  );
}

function hasChromium() {
  if (process.env.CANVAS_CHROMIUM) return existsSync(process.env.CANVAS_CHROMIUM);
  return ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'].some(inPath);
}

/** Debian keeps the server out of PATH, one folder for each version. */
function hasPostgres() {
  const debian = '/usr/lib/postgresql';
  return (
    inPath('initdb') || (existsSync(debian) && readdirSync(debian).some((version) => existsSync(join(debian, version, 'bin', 'initdb'))))
  );
}

function inPath(program) {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
