import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { PROJECT_ROOT } from './project-root.js';
import { tell } from './say.js';

const LOCK = join(PROJECT_ROOT, 'dist', '.working');

/**
 * Lets one script at a time install or build in this checkout; the others wait and say for whom. The lock names its
 * process, so that one left behind by a kill is taken over.
 * @template T
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function alone(work) {
  mkdirSync(join(PROJECT_ROOT, 'dist'), { recursive: true });
  let said = false;
  while (!take()) {
    const holder = Number(readHolder());
    if (!isAlive(holder)) {
      rmSync(LOCK, { force: true });
      continue;
    }
    if (!said) tell(`· Waiting for process ${holder}, which installs or builds in this folder …`);
    said = true;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  const release = () => rmSync(LOCK, { force: true });
  process.once('exit', release);
  try {
    return await work();
  } finally {
    process.off('exit', release);
    release();
  }
}

function take() {
  try {
    writeFileSync(LOCK, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
}

function readHolder() {
  try {
    return readFileSync(LOCK, 'utf8');
  } catch {
    return '0';
  }
}

function isAlive(pid) {
  // An empty file is one whose owner is about to write its pid: as good as alive.
  if (!pid) return readHolder() === '';
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
