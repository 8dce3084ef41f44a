import { askedWords } from '#components/restarts/run-words.ts';
import { plainText } from '#components/ui/plain-text.ts';
import type { RunKind } from '#lib/contract/restart-steps.ts';
import type { RestartRun } from '#lib/contract/restarts.ts';

const DOING: Record<RunKind, string> = { restart: 'Restarting', pause: 'Pausing', resume: 'Resuming', drain: 'Draining' };
const NOUN: Record<RunKind, string> = { restart: 'restart', pause: 'pause', resume: 'start', drain: 'drain' };

/** "Restarting Atlas", "Atlas is back", "The restart of Atlas failed". */
export function runTitle(run: RestartRun): string {
  const name = plainText(run.workspace_name);
  if (run.state === 'failed') return `The ${NOUN[run.kind]} of ${name} failed`;
  if (run.state === 'cancelled') return `The ${NOUN[run.kind]} of ${name} was cancelled`;
  if (run.state === 'done') return run.kind === 'pause' ? `${name} is paused` : `${name} is back`;
  if (run.kind === 'drain' && run.state === 'snapshot_saved') return `${name} is drained`;
  return `${DOING[run.kind]} ${name}`;
}

/** "asked for by Ada", ready to be followed by a time. What a reason tells already is not said twice. */
export function runAsker(run: RestartRun): string {
  if (run.origin === 'crash' && run.reason) return 'begun by Canvas';
  return plainText(askedWords(run));
}
