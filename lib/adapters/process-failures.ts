import { CanvasError } from '#lib/contract/errors.ts';
import type { LifeEnd } from './process-life.ts';

/** The refusals that a person reads on a workspace's page. */

export function startFailure(name: string, end: LifeEnd, output: string): CanvasError {
  const how = end.error ? 'the system refused it' : end.signal ? `it was ended by ${end.signal}` : `it ended with exit code ${end.code}`;
  const last = output === '' ? 'It wrote nothing.' : `Its last output:\n${output}`;
  const facts = { exit_code: end.code, signal: end.signal, output };
  return new CanvasError('upstream_failed', `Workspace "${name}" could not be started: ${how} before it listened. ${last}`, facts);
}

export function stoppedWhileStarting(name: string): CanvasError {
  return new CanvasError('conflict', `Workspace "${name}" was stopped while it was starting.`);
}

export function undying(name: string, pid: number | null, after: string): CanvasError {
  const look = `look at it with "ps -o stat,wchan ${pid}"`;
  return new CanvasError('timeout', `Process ${pid} of workspace "${name}" did not end after ${after} and SIGKILL: ${look}.`);
}
