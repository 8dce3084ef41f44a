import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

/** One process of this machine, as far as it can tell ours from a stranger. */
export interface ProcessRow {
  pid: number;
  ppid: number;
  /** Process group. A process that we spawned leads its own: `pgid === pid`. */
  pgid: number;
  /**
   * When it started, in the words of the system that was asked: opaque, only compared. With the pid it names a process
   * for good, since a pid alone is given to strangers later. On Linux it holds the kernel's boot id: ticks start anew.
   */
  started: string;
  /** Ended and not yet reaped by its parent. */
  zombie: boolean;
  /** Arguments joined with spaces; empty for a zombie. */
  command: string;
}

const execFileAsync = promisify(execFile);

/** `process`: /proc; `ps`: any other Unix. A seam so that both ways can be tested on one machine. */
export type ProcessSource = 'proc' | 'ps';
const defaultSource: ProcessSource = process.platform === 'linux' ? 'proc' : 'ps';

export async function listProcesses(source: ProcessSource = defaultSource): Promise<ProcessRow[]> {
  if (source === 'ps') return parsePs(await ps(['-A']));
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const rows = await Promise.all(pids.map((pid) => readProc(Number(pid))));
  return rows.filter((row) => row !== null);
}

/** Null when there is no such process. */
export async function readProcess(pid: number, source: ProcessSource = defaultSource): Promise<ProcessRow | null> {
  if (source === 'ps') return parsePs(await ps(['-p', String(pid)]))[0] ?? null;
  return readProc(pid);
}

/** All processes below `pid`, itself not included. */
export function descendantsOf(pid: number, table: readonly ProcessRow[]): ProcessRow[] {
  const found: ProcessRow[] = [];
  const parents = new Set([pid]);
  for (let grown = true; grown; ) {
    grown = false;
    for (const row of table) {
      if (parents.has(row.pid) || !parents.has(row.ppid)) continue;
      parents.add(row.pid);
      found.push(row);
      grown = true;
    }
  }
  return found;
}

let kernelBoot: Promise<string> | undefined;

async function readProc(pid: number): Promise<ProcessRow | null> {
  kernelBoot ??= readFile('/proc/sys/kernel/random/boot_id', 'utf8').then(
    (text) => text.trim(),
    () => '',
  );
  try {
    const [stat, command, boot] = await Promise.all([
      readFile(`/proc/${pid}/stat`, 'utf8'),
      readFile(`/proc/${pid}/cmdline`, 'utf8'),
      kernelBoot,
    ]);
    // The second field is the program's name in brackets and may itself hold spaces and brackets: count from the last one.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [state, ppid, pgid] = fields;
    return {
      pid,
      ppid: Number(ppid),
      pgid: Number(pgid),
      started: `${boot}:${fields[19]}`,
      zombie: state === 'Z' || state === 'X',
      command: command.split('\0').join(' ').trim(),
    };
  } catch {
    return null;
  }
}

async function ps(which: string[]): Promise<string> {
  try {
    const columns = ['pid=', 'ppid=', 'pgid=', 'stat=', 'lstart=', 'command='].flatMap((column) => ['-o', column]);
    const answer = await execFileAsync('ps', [...which, '-ww', ...columns], {
      env: { LC_ALL: 'C', PATH: '/bin:/usr/bin' } as unknown as NodeJS.ProcessEnv,
      encoding: 'utf8',
      maxBuffer: 64 * 1024 * 1024,
    });
    return answer.stdout;
  } catch (error) {
    // `ps -p` ends with 1 when there is no such process.
    if ((error as { code?: unknown }).code === 1) return '';
    throw error;
  }
}

function parsePs(text: string): ProcessRow[] {
  const rows: ProcessRow[] = [];
  for (const line of text.split('\n')) {
    const match = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(\S+)\s+(\S+\s+\S+\s+\S+\s+\S+\s+\S+)\s+(.*)$/.exec(line);
    if (!match) continue;
    const [, pid, ppid, pgid, stat = '', started = '', command = ''] = match;
    rows.push({
      pid: Number(pid),
      ppid: Number(ppid),
      pgid: Number(pgid),
      started: started.replace(/\s+/g, ' '),
      zombie: stat.startsWith('Z'),
      command: command.trim(),
    });
  }
  return rows;
}
