import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';

/** Where nothing listens: a test that reaches for the network fails. */
const NO_REGISTRY = { npm_config_registry: 'http://127.0.0.1:9/', npm_config_fetch_retries: '0' };
const HIDDEN_LOCK = 'node_modules/.package-lock.json';

/** A project with our scripts, a package and a dev package, both from tarballs in its own folder. */
let template: string;
let project: string;

beforeAll(() => {
  template = mkdtempSync(join(tmpdir(), 'canvas-install-'));
  cpSync(fileURLToPath(new URL('.', import.meta.url)), join(template, 'scripts'), { recursive: true });
  writeFileSync(join(template, 'package.json'), JSON.stringify({ name: 'project', version: '1.0.0', type: 'module' }));
  for (const name of ['wanted', 'for-tests']) {
    mkdirSync(join(template, name));
    writeFileSync(join(template, name, 'package.json'), JSON.stringify({ name, version: '1.0.0' }));
    npm(template, 'pack', `./${name}`);
  }
  npm(template, 'install', '--package-lock-only', './wanted-1.0.0.tgz');
  npm(template, 'install', '--package-lock-only', '--save-dev', './for-tests-1.0.0.tgz');
});

afterAll(() => rmSync(template, { recursive: true }));

beforeEach(() => {
  project = mkdtempSync(join(tmpdir(), 'canvas-install-'));
  cpSync(template, project, { recursive: true });
});

afterEach(() => rmSync(project, { recursive: true }));

function npm(cwd: string, ...args: string[]): void {
  const { status, stderr } = spawnSync('npm', args, { cwd, env: { ...process.env, ...NO_REGISTRY }, encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
}

function ensureInstalled(dev: boolean) {
  const code = `import('./scripts/ensure-installed.js').then((m) => m.ensureInstalled({ dev: ${dev} }))`;
  const { status, stdout, stderr } = spawnSync(process.execPath, ['-e', code], {
    cwd: project,
    env: { ...process.env, ...NO_REGISTRY, npm_execpath: '' },
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

function edit(file: string, from: string, to: string): void {
  writeFileSync(join(project, file), readFileSync(join(project, file), 'utf8').replace(from, to));
}

const SILENT = { status: 0, stdout: '', stderr: '' };

it('installs when nothing is there, without dev packages, and is silent the second time', () => {
  const first = ensureInstalled(false);
  expect(first.stderr).toContain('Installing packages from the npm registry (nothing is installed yet)');
  expect(first.status).toBe(0);
  expect(existsSync(join(project, 'node_modules/wanted'))).toBe(true);
  expect(existsSync(join(project, 'node_modules/for-tests'))).toBe(false);
  expect(ensureInstalled(false)).toEqual(SILENT);
});

it('takes a full install for one without dev packages, and not the other way round', () => {
  ensureInstalled(false);
  expect(ensureInstalled(true).stderr).toContain('(for-tests is missing)');
  expect(ensureInstalled(true)).toEqual(SILENT);
  expect(ensureInstalled(false)).toEqual(SILENT);
});

it('installs again when a package is not at the version of the lock', () => {
  ensureInstalled(false);
  edit(HIDDEN_LOCK, '"node_modules/wanted": {\n      "version": "1.0.0"', '"node_modules/wanted": {\n      "version": "0.9.0"');
  expect(ensureInstalled(false).stderr).toContain('(wanted is not at 1.0.0)');
  expect(ensureInstalled(false)).toEqual(SILENT);
});

it('installs again on another platform, where native packages would not load', () => {
  ensureInstalled(false);
  writeFileSync(join(project, 'node_modules/.canvas-platform'), 'plan9-mips');
  expect(ensureInstalled(false).stderr).toContain(`(not for ${process.platform}-${process.arch})`);
  expect(ensureInstalled(false)).toEqual(SILENT);
});

it('says that the registry could not be reached, and what to check', () => {
  const elsewhere = 'http://127.0.0.1:9/wanted-1.0.0.tgz';
  const root = { name: 'project', version: '1.0.0', dependencies: { wanted: elsewhere } };
  const wanted = { version: '1.0.0', resolved: elsewhere, integrity: `sha512-${'A'.repeat(86)}==` };
  const lock = { ...root, lockfileVersion: 3, requires: true, packages: { '': root, 'node_modules/wanted': wanted } };
  writeFileSync(join(project, 'package.json'), JSON.stringify({ ...root, type: 'module' }));
  writeFileSync(join(project, 'package-lock.json'), JSON.stringify(lock));
  const { status, stderr } = ensureInstalled(false);
  expect(stderr).toContain('The npm registry could not be reached');
  expect(status).toBe(1);
});
