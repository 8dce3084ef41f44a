import { type ChildProcess, spawn } from 'node:child_process';
import { StringDecoder } from 'node:string_decoder';
import { CanvasError } from '#lib/contract/errors.ts';
import { endProcessGroup, type ProgramPids } from './program-pids.ts';

export interface CommandRun {
  argv: readonly string[];
  /** Written to stdin, which is then closed; null: stdin is empty. */
  input: string | null;
  cwd: string;
  env: Record<string, string>;
  timeoutMs: number;
  maxOutputBytes: number;
  signal: AbortSignal;
  pids: ProgramPids;
  onOutput(text: string): void;
}

export interface CommandEnd {
  code: number | null;
  exitSignal: string | null;
  /** The last characters of stderr. */
  stderr: string;
}

const STDERR_KEPT = 4000;
const GRACE_MS = 2000;
const WINDOWS = process.platform === 'win32';
const running = new Set<ChildProcess>();

// However this process ends, short of a kill: nobody waits for what its programs do then.
process.on('exit', () => {
  for (const child of running) endGroup(child, 'SIGKILL');
});

/**
 * Runs a program to its end, without a shell. It is the leader of its own process group, so that on a timeout, a
 * cancellation or too much output everything that it started ends with it: SIGTERM, and SIGKILL 2 s later.
 *
 * Rejects when it cannot be started (`not_found`, or `draining` when its task had ended before), is given up (`timeout`) or says too much (`too_large`).
 */
export function runCommand(run: CommandRun): Promise<CommandEnd> {
  const [program = '', ...args] = run.argv;
  return new Promise((resolve, reject) => {
    if (run.signal.aborted) return reject(new CanvasError('draining', `${program} was not started: the task was ended before`));
    const child = spawn(program, args, {
      cwd: run.cwd,
      env: run.env as NodeJS.ProcessEnv,
      stdio: ['pipe', 'pipe', 'pipe'],
      detached: !WINDOWS,
      windowsHide: true,
    });
    running.add(child);
    // Without its file a program is left behind only if this process is killed: no reason to fail its task.
    const kept = child.pid === undefined ? null : run.pids.keep(child.pid).catch(() => async () => {});
    let givenUp: CanvasError | null = null;
    let hardKill: NodeJS.Timeout | undefined;
    const giveUp = (reason: CanvasError) => {
      if (givenUp !== null) return;
      givenUp = reason;
      endGroup(child, 'SIGTERM');
      hardKill = setTimeout(() => endGroup(child, 'SIGKILL'), GRACE_MS);
    };
    const timer = setTimeout(
      () => giveUp(new CanvasError('timeout', `${program} did not finish within ${run.timeoutMs / 1000} s and was ended`)),
      run.timeoutMs,
    );
    const onAbort = () => giveUp(new CanvasError('timeout', `${program} was ended: the task was cancelled`));
    run.signal.addEventListener('abort', onAbort, { once: true });
    const settle = () => {
      running.delete(child);
      void kept?.then((forget) => forget()).catch(() => {});
      clearTimeout(timer);
      clearTimeout(hardKill);
      run.signal.removeEventListener('abort', onAbort);
      child.stdout.destroy();
      child.stderr.destroy();
    };

    child.once('error', (error: NodeJS.ErrnoException) => {
      settle();
      const why =
        error.code === 'ENOENT'
          ? `was not found (or the folder ${run.cwd} was not): install it, or give its full path`
          : `could not be started (${error.code ?? error.message})`;
      reject(new CanvasError('not_found', `The program "${program}" ${why}`));
    });

    let bytes = 0;
    const decoder = new StringDecoder('utf8');
    child.stdout.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > run.maxOutputBytes)
        return giveUp(new CanvasError('too_large', `${program} wrote more than ${run.maxOutputBytes} bytes and was ended`));
      run.onOutput(decoder.write(chunk));
    });
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      stderr = (stderr + chunk).slice(-STDERR_KEPT);
    });
    // A program that ends without reading its prompt closes the pipe: its exit code says more than EPIPE does.
    child.stdin.on('error', () => {});
    child.stdin.end(run.input ?? '');

    const finish = (code: number | null, exitSignal: string | null) => {
      // What is left of the group would go on working on a task that nobody waits for.
      if (givenUp !== null) endGroup(child, 'SIGKILL');
      settle();
      if (givenUp !== null) return reject(givenUp);
      run.onOutput(decoder.end());
      resolve({ code, exitSignal, stderr: stderr.trim() });
    };
    child.once('close', finish);
    // A grandchild that keeps the pipes open must not keep the answer back.
    child.once('exit', (code, exitSignal) => {
      const late = setTimeout(() => {
        child.off('close', finish);
        finish(code, exitSignal);
      }, GRACE_MS);
      child.once('close', () => clearTimeout(late));
    });
  });
}

function endGroup(child: ChildProcess, signal: 'SIGTERM' | 'SIGKILL'): void {
  if (child.pid === undefined) return;
  if (WINDOWS) child.kill(signal);
  else endProcessGroup(child.pid, signal);
}
