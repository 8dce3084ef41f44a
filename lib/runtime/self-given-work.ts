import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { CanvasError } from '#lib/contract/errors.ts';
import type { Gate } from './gate.ts';
import { sentenceOf } from './log.ts';
import { untilAborted } from './until-aborted.ts';
import type { WorkInHand } from './work-in-hand.ts';

const within = new AsyncLocalStorage<AbortSignal>();

/** Marks everything that `run` starts as part of a task at work, which is asked to end when `asked` aborts. */
export function insideWork<T>(asked: AbortSignal, run: () => Promise<T>): Promise<T> {
  const around = within.getStore();
  const signal = around ? AbortSignal.any([around, asked]) : asked;
  // A task may ask many others at once, and each question listens.
  setMaxListeners(0, signal);
  return within.run(signal, run);
}

/** Aborts when the task whose part the caller is shall end; undefined outside of any. */
export function signalOfWork(): AbortSignal | undefined {
  return within.getStore();
}

/**
 * Work that the agent gives itself. It begins once the gate is open: a drain would never end if agents went on giving
 * themselves work. What a task at work needs begins at once, since the drain waits for that task.
 */
export async function selfGivenWork<T>(
  { work, gate }: { work: WorkInHand; gate: Gate },
  summary: string,
  run: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  if (!within.getStore()) await gate.whenOpen();
  const begun = work.begin(randomUUID(), null, summary);
  try {
    const result = await untilAborted(
      insideWork(begun.asked.signal, () => run(begun.asked.signal)),
      begun.cut.signal,
    );
    work.end(begun, begun.endedBy === null ? 'served' : 'cancelled');
    return result;
  } catch (thrown) {
    if (begun.endedBy === null) {
      work.end(begun, { error: sentenceOf(thrown) });
      throw thrown;
    }
    work.end(begun, 'cancelled');
    throw new CanvasError('interrupted', `"${summary}" was not finished: the workspace is being restarted`);
  }
}
