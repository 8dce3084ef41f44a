import { spawn } from 'node:child_process';
import { closeSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { type ProcessFolder, type RuntimeFile, readRuntimeFile } from './process-folder.ts';
import { markStart, openLog } from './process-log.ts';
import { descendantsOf, listProcesses, type ProcessRow, readProcess } from './process-table.ts';

export interface LifeEnd {
  /** Both null when it was adopted: only a parent learns how its child ended. */
  code: number | null;
  signal: string | null;
  /** Why it never came to life, when the system refused to start it. */
  error: string | null;
}

/** One process from its start to its end, our child or one that an earlier platform started. Ends once. */
export interface Life {
  readonly nonce: string;
  readonly pid: number | null;
  readonly startedAt: number;
  readonly attempt: number;
  /** Whether somebody asked for this start and waits to hear of it. */
  readonly asked: boolean;
  readonly ended: Promise<LifeEnd>;
  seenAliveAt(): number;
  /** SIGTERM to the process alone: it ends its own children in good order. */
  ask(): void;
  /** SIGKILL to the process, all below it and its group. */
  kill(): Promise<void>;
  /** Lets it live on without us. */
  leave(): void;
}

export interface LifeStart {
  command: readonly string[];
  environment: Record<string, string>;
  folder: ProcessFolder;
  nonce: string;
  startedAt: number;
  attempt: number;
  asked: boolean;
}

/**
 * Starts a process that outlives us: in its own session (a Ctrl-C at our terminal is not meant for it), with files
 * instead of pipes, and with nothing secret in its arguments or environment.
 */
export function spawnLife(start: LifeStart): Life {
  const [program = '', ...args] = start.command;
  const log = openLog(start.folder.log);
  markStart(log, start.nonce, start.attempt, start.startedAt);
  const child = spawn(program, [...args, '--config', start.folder.config, '--instance', start.nonce], {
    cwd: start.folder.path,
    env: start.environment as NodeJS.ProcessEnv,
    detached: true,
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  child.unref();
  const pid = child.pid ?? null;
  const ended = new Promise<LifeEnd>((resolve) => {
    child.once('error', (error) => {
      if (pid === null) resolve({ code: null, signal: null, error: error.message });
    });
    child.once('exit', (code, signal) => resolve({ code, signal, error: null }));
  });
  const running = (): boolean => child.exitCode === null && child.signalCode === null;
  return {
    nonce: start.nonce,
    pid,
    startedAt: start.startedAt,
    attempt: start.attempt,
    asked: start.asked,
    ended: ended.then(async (end) => {
      if (pid !== null) await endGroup(pid);
      return end;
    }),
    seenAliveAt: () => Date.now(),
    ask() {
      child.ref();
      child.kill('SIGTERM');
    },
    async kill() {
      child.ref();
      if (pid !== null) await killTree(pid, running);
    },
    leave() {
      child.removeAllListeners('exit');
      child.unref();
    },
  };
}

/** Takes over a process that was found again. `row` has been judged to be ours. */
export function adoptLife(row: ProcessRow, facts: { nonce: string; startedAt: number; attempt: number }, pollMs: number): Life {
  const { pid, started } = row;
  let seenAliveAt = Date.now();
  let hurried = false;
  let left = false;
  let timer: NodeJS.Timeout | undefined;
  let resolveEnd: (end: LifeEnd) => void = () => undefined;
  const ended = new Promise<LifeEnd>((resolve) => {
    resolveEnd = resolve;
  });
  const isAlive = async (): Promise<boolean> => {
    const now = await readProcess(pid);
    return now !== null && !now.zombie && now.started === started;
  };
  const watch = async (): Promise<void> => {
    const alive = await isAlive();
    if (left) return;
    if (!alive) {
      await endGroup(pid);
      resolveEnd({ code: null, signal: null, error: null });
      return;
    }
    seenAliveAt = Date.now();
    schedule();
  };
  const schedule = (): void => {
    clearTimeout(timer);
    timer = setTimeout(watch, hurried ? 25 : pollMs);
    if (!hurried) timer.unref();
  };
  const hurry = (): void => {
    hurried = true;
    schedule();
  };
  schedule();
  return {
    nonce: facts.nonce,
    pid,
    startedAt: facts.startedAt,
    attempt: facts.attempt,
    asked: false,
    ended,
    seenAliveAt: () => seenAliveAt,
    ask() {
      void isAlive().then((alive) => {
        if (alive) signal(pid, 'SIGTERM');
        hurry();
      });
    },
    async kill() {
      await killTree(pid, isAlive);
      hurry();
    },
    leave() {
      left = true;
      clearTimeout(timer);
    },
  };
}

/** Whether it ended within `ms` milliseconds. */
export async function endedWithin(life: Life, ms: number): Promise<boolean> {
  const clock = new AbortController();
  const ended = life.ended.then(() => true);
  const late = delay(ms, false, { signal: clock.signal }).catch(() => false);
  const answer = await Promise.race([ended, late]);
  clock.abort();
  return answer;
}

/**
 * Waits for the runtime's own word that it listens: `late` after `limitMs` (null: never), `gone` when it ended or is no
 * longer of interest.
 */
export async function untilItListens(
  folder: ProcessFolder,
  life: Life,
  limitMs: number | null,
  matters: () => boolean,
): Promise<RuntimeFile | 'late' | 'gone'> {
  let ended = false;
  void life.ended.then(() => {
    ended = true;
  });
  const since = Date.now();
  for (let pause = 10; !ended && matters(); pause = Math.min(500, pause * 1.5)) {
    const said = readRuntimeFile(folder, life.nonce);
    if (said) return said;
    if (limitMs !== null && Date.now() - since > limitMs) return 'late';
    await delay(pause, undefined, { ref: life.asked });
  }
  return 'gone';
}

/** The tree is read before the leader dies: afterwards nothing tells whose children they were. */
async function killTree(pid: number, stillOurs: () => boolean | Promise<boolean>): Promise<void> {
  const below = descendantsOf(pid, await listProcesses());
  if (!(await stillOurs())) return;
  signal(pid, 'SIGKILL');
  for (const row of below) {
    const now = await readProcess(row.pid);
    if (now?.started === row.started) signal(row.pid, 'SIGKILL');
  }
}

/**
 * Ends what a dead leader left in its group. While the group has members its number is given to no new process; a
 * living process with that pid is therefore a stranger whose group is its own affair.
 */
async function endGroup(pid: number): Promise<void> {
  const row = await readProcess(pid);
  if (row === null || row.zombie) signal(-pid, 'SIGKILL');
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    // ESRCH: it ended first. EPERM: a group of zombies, on some systems.
    const code = (error as NodeJS.ErrnoException).code;
    if (code !== 'ESRCH' && code !== 'EPERM') throw error;
  }
}
