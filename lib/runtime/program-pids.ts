import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { preparePrivateFolder, readTextFile } from './private-file.ts';
import { processStart } from './process-start.ts';

const FOLDER = 'programs';

/**
 * Which programs of the agent run, each in a file named by its pid that holds when it started. A runtime that was killed
 * could not end them; the next one does, so that two programs never work on one message. A pid that was given to a
 * stranger since has another start, and is left alone. Windows has no process groups: there nothing is kept.
 */
export class ProgramPids {
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /** Ends what the runtime before left running, each with all that it started. The workspace folder must be ours. */
  static async open(workspaceFolder: string): Promise<ProgramPids> {
    const pids = new ProgramPids(join(workspaceFolder, FOLDER));
    if (process.platform === 'win32') return pids;
    await preparePrivateFolder(pids.#folder);
    for (const name of await readdir(pids.#folder)) {
      const pid = Number(name);
      const started = await readTextFile(pids.#fileOf(name));
      if (Number.isSafeInteger(pid) && pid > 1 && started !== null && (await processStart(pid)) === started)
        endProcessGroup(pid, 'SIGKILL');
      await rm(pids.#fileOf(name), { force: true });
    }
    return pids;
  }

  /** To be called as soon as it runs. Resolves with what to call when it has ended. */
  async keep(pid: number): Promise<() => Promise<void>> {
    if (process.platform === 'win32') return async () => {};
    const started = await processStart(pid);
    if (started !== null) await writeFile(this.#fileOf(String(pid)), started, { mode: 0o600 });
    return () => rm(this.#fileOf(String(pid)), { force: true });
  }

  #fileOf(name: string): string {
    return join(this.#folder, name);
  }
}

/** Sends the signal to a process and to all that it started, as far as they stayed in its group. */
export function endProcessGroup(pid: number, signal: 'SIGTERM' | 'SIGKILL'): void {
  try {
    process.kill(-pid, signal);
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== 'ESRCH') throw thrown;
  }
}
