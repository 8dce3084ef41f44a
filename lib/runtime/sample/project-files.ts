import { readdir } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';

const SKIPPED = new Set(['node_modules', 'dist', 'coverage', 'test-results', 'playwright-report']);
const MAX_FILES = 5000;

/** Every file below `root`, by its path with forward slashes, sorted; hidden and built folders are passed over. */
export async function projectFiles(root: string): Promise<string[]> {
  const found: string[] = [];
  const folders = [root];
  while (folders.length > 0 && found.length < MAX_FILES) {
    const folder = folders.pop() ?? root;
    const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
    for (const entry of entries) {
      if (entry.name.startsWith('.') || SKIPPED.has(entry.name)) continue;
      const path = join(folder, entry.name);
      if (entry.isDirectory()) folders.push(path);
      else if (entry.isFile()) found.push(relative(root, path).split(sep).join('/'));
    }
  }
  return found.sort();
}

/** The documents among them: README.md and everything in docs/ first, then other markdown. */
export async function projectDocuments(root: string): Promise<string[]> {
  const documents = (await projectFiles(root)).filter((path) => path.endsWith('.md'));
  const rank = (path: string) => (path === 'README.md' ? 0 : path.startsWith('docs/') ? 1 : 2);
  return documents.sort((a, b) => rank(a) - rank(b) || a.localeCompare(b));
}

const ENOUGH_TO_READ = 12;

/** The documents, and when there are few of them some sources: what a reader of the project would open. */
export async function projectReadings(root: string): Promise<string[]> {
  const documents = await projectDocuments(root);
  if (documents.length >= ENOUGH_TO_READ) return documents;
  const sources = (await projectFiles(root)).filter((path) => /\.tsx?$/.test(path) && !/\.test\.tsx?$/.test(path));
  return [...documents, ...sources.slice(0, 3 * ENOUGH_TO_READ)];
}
