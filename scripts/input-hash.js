import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

import { PROJECT_ROOT } from './project-root.js';

const NOT_BUILT = /\.(test|contract|spec)\.tsx?$/;

/**
 * One hash over the content of files and folders. Content, not times: a fresh clone and a branch switch change every
 * time and no content. Paths that do not exist count as absent.
 * @param {string[]} paths relative to the project
 */
export function inputHash(paths) {
  const hash = createHash('sha256');
  for (const path of paths.flatMap(filesUnder)) hash.update(`${path}\0`).update(readFileSync(join(PROJECT_ROOT, path)));
  return hash.digest('hex');
}

function filesUnder(path) {
  const found = statSync(join(PROJECT_ROOT, path), { throwIfNoEntry: false });
  if (!found) return [];
  if (found.isFile()) return NOT_BUILT.test(path) ? [] : [path];
  return readdirSync(join(PROJECT_ROOT, path))
    .sort()
    .flatMap((name) => filesUnder(`${path}/${name}`));
}
