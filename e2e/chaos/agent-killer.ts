import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { type LedgerLine, readLedger } from './ledger.ts';

const run = promisify(execFile);

/** Pids of agents' programs whose ledgers lie in this folder, as the system lists them. */
export async function runningPrograms(program: string, folder: string): Promise<number[]> {
  const { stdout } = await run('ps', ['-A', '-ww', '-o', 'pid=', '-o', 'stat=', '-o', 'command='], { maxBuffer: 16 * 1024 * 1024 });
  return stdout.split('\n').flatMap((line) => {
    const [pid = '', state = ''] = line.trim().split(/\s+/);
    return line.includes(`${program} ${folder}`) && !state.startsWith('Z') ? [Number(pid)] : [];
  });
}

export interface AgentKiller {
  /** Ids of messages whose program was killed while it worked on them: they may be answered as failed. */
  readonly killed: ReadonlySet<string>;
  /** Kills the program of a workspace if it works on something. Answers which message it had; null: none could be killed. */
  kill(folder: string): Promise<string | null>;
}

export function agentKiller(program: string): AgentKiller {
  const killed = new Set<string>();
  return {
    killed,
    async kill(folder) {
      const ledger = await readLedger(folder);
      const running = new Set(await runningPrograms(program, folder));
      const begun = ledger.findLast((line, index) => line.what === 'begin' && running.has(line.pid) && mayBeKilled(ledger, index, killed));
      if (begun?.what !== 'begin') return null;
      killed.add(begun.id);
      try {
        process.kill(begun.pid, 'SIGKILL');
      } catch {
        return null;
      }
      return begun.id;
    },
  };
}

/** Not twice in a row in one conversation: a session that fails twice is given up, as `CommandSessions` says. */
function mayBeKilled(ledger: readonly LedgerLine[], index: number, killed: ReadonlySet<string>): boolean {
  const { id, context } = ledger[index] as LedgerLine;
  if (ledger.some((line) => line.what === 'done' && line.id === id)) return false;
  const before = ledger.slice(0, index).findLast((line) => line.context === context && line.id !== id);
  return !killed.has(id) && (before === undefined || !killed.has(before.id));
}
