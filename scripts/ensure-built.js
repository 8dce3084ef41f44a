import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { bundle } from './bundle.js';
import { requireWritable } from './ensure-installed.js';
import { inputHash } from './input-hash.js';
import { PROJECT_ROOT } from './project-root.js';
import { runCommand } from './run-command.js';
import { fail, step } from './say.js';
import { alone } from './work-lock.js';

const CONFIG = ['package.json', 'package-lock.json', 'scripts/bundle.js', 'scripts/ensure-built.js'];
const STAMPS = join(PROJECT_ROOT, 'dist', 'built.json');

const PAGES = {
  name: 'pages',
  inputs: [
    'app',
    'components',
    'lib/client',
    'lib/contract',
    'lib/domain',
    'lib/context.ts',
    'next.config.js',
    'postcss.config.js',
    ...CONFIG,
  ],
  output: '.next/BUILD_ID',
  build: buildPages,
};

const PROGRAMS = {
  name: 'programs',
  inputs: ['lib', 'e2e', ...CONFIG],
  output: 'dist/main.js',
  build: buildPrograms,
};

/** Builds the pages and the programs whose sources changed since they were last built; both at once. */
export async function ensureBuilt() {
  if (!stale().length) return;
  await requireWritable();
  await alone(async () => {
    const parts = stale();
    if (!parts.length) return;
    const names = parts.map((part) => part.name).join(' and ');
    await step(`Building ${names}`, () => Promise.all(parts.map(buildPart)));
  });
}

async function buildPart(part) {
  // Hashed before the build: a source that changes meanwhile leaves the stamp out of date.
  const hash = inputHash(part.inputs);
  await part.build();
  mkdirSync(join(PROJECT_ROOT, 'dist'), { recursive: true });
  writeFileSync(STAMPS, `${JSON.stringify({ ...readStamps(), [part.name]: hash }, null, 2)}\n`);
}

function stale() {
  const stamps = readStamps();
  return [PAGES, PROGRAMS].filter((part) => !existsSync(join(PROJECT_ROOT, part.output)) || stamps[part.name] !== inputHash(part.inputs));
}

function readStamps() {
  try {
    return JSON.parse(readFileSync(STAMPS, 'utf8'));
  } catch {
    return {};
  }
}

async function buildPages() {
  const { code, output } = await runCommand([process.execPath, 'node_modules/next/dist/bin/next', 'build'], {
    quiet: true,
    env: { NODE_ENV: 'production' },
  });
  if (code !== 0) await fail(`${output.trim()}\n\nThe pages could not be built: next build ended with exit code ${code}, see above.`);
}

async function buildPrograms() {
  try {
    await bundle();
  } catch (error) {
    await fail(`${error.message}\n\nThe programs could not be built: esbuild refused the code above.`);
  }
}
