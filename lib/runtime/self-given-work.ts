import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import { CanvasError } from '#lib/contract/errors.ts';
import type { Gate } from './gate.ts';
import { sentenceOf } from './log.ts';
import { untilAborted } from './until-aborted.ts';
import type { WorkInHand } from './work-in-hand.ts';

const within = new AsyncLocalStorage<true>();

/** Marks everything that `run` starts as part of a task at work. */
export function insideWork<T>(run: () => Promise<T>): Promise<T> {
  return within.run(true, run);
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
      insideWork(() => run(begun.asked.signal)),
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
