import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What must not outlive this process, however it ends (a failed measure, Ctrl-C): done when it exits, unless it was done before. */
const left = new Set<() => void>();
process.on('exit', () => {
  // The newest first: a process ends before its folder goes.
  for (const cleanUp of [...left].reverse()) {
    try {
      cleanUp();
    } catch {
      // It is gone already; the others must have their turn.
    }
  }
});

/** Registers work that must not be asynchronous; answers how to take it back. */
export function atExit(cleanUp: () => void): () => void {
  left.add(cleanUp);
  return () => {
    left.delete(cleanUp);
  };
}

export interface TemporaryFolder {
  path: string;
  remove(): void;
}

export function temporaryFolder(name: string): TemporaryFolder {
  const path = mkdtempSync(join(tmpdir(), `${name}-`));
  const removeNow = () => rmSync(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  const forget = atExit(removeNow);
  const remove = () => {
    removeNow();
    forget();
  };
  return { path, remove };
}
