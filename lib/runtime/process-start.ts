import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

const execFileAsync = promisify(execFile);

/** `proc`: Linux. `ps`: any other Unix. A seam so that both ways can be tested on one machine. */
export type ProcessSource = 'proc' | 'ps';
const DEFAULT_SOURCE: ProcessSource = process.platform === 'linux' ? 'proc' : 'ps';

/**
 * When a living process started, in words that are only compared: with the pid they name it for good, since a pid alone
 * is given to strangers later. On Linux they hold the kernel's boot id, as ticks start anew with it. Null when there is
 * no such process, or when it has ended and its parent has not looked yet.
 */
export async function processStart(pid: number, source = DEFAULT_SOURCE): Promise<string | null> {
  return source === 'proc' ? await fromProc(pid) : await fromPs(pid);
}

async function fromProc(pid: number): Promise<string | null> {
  const [stat, boot] = await Promise.all(
    [`/proc/${pid}/stat`, '/proc/sys/kernel/random/boot_id'].map((path) => readFile(path, 'utf8').catch(() => '')),
  );
  if (!stat) return null;
  // The second field is the program's name in brackets and may itself hold spaces and brackets: count from the last one.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return ['Z', 'X'].includes(fields[0] ?? '') ? null : `${boot?.trim()}:${fields[19]}`;
}

async function fromPs(pid: number): Promise<string | null> {
  try {
    // Its times are local: without a fixed zone a change of it would make a stranger of every process.
    const env = { LC_ALL: 'C', TZ: 'UTC', PATH: '/bin:/usr/bin' } as unknown as NodeJS.ProcessEnv;
    const { stdout } = await execFileAsync('ps', ['-o', 'stat=', '-o', 'lstart=', '-p', String(pid)], { env, encoding: 'utf8' });
    const [state = '', ...started] = stdout.trim().split(/\s+/);
    return state === '' || state.startsWith('Z') ? null : started.join(' ');
  } catch (thrown) {
    // It ends with 1 when there is no such process.
    if ((thrown as { code?: unknown }).code === 1) return null;
    throw thrown;
  }
}
