import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { CanvasError } from '#lib/contract/errors.ts';
import type { TracePlace } from '#lib/contract/traces.ts';
import type { Gate } from './gate.ts';
import { sentenceOf } from './log.ts';
import { newTrace } from './new-trace.ts';
import { untilAborted } from './until-aborted.ts';
import type { WorkInHand } from './work-in-hand.ts';

const within = new AsyncLocalStorage<{ signal: AbortSignal; trace: TracePlace }>();

/** Marks everything that `run` starts as part of a task at work, which is asked to end when `asked` aborts and stands at `trace`. */
export function insideWork<T>({ asked, trace }: { asked: AbortSignal; trace: TracePlace }, run: () => Promise<T>): Promise<T> {
  const around = within.getStore();
  const signal = around ? AbortSignal.any([around.signal, asked]) : asked;
  // A task may ask many others at once, and each question listens.
  setMaxListeners(0, signal);
  return within.run({ signal, trace }, run);
}

/** Aborts when the task whose part the caller is shall end; undefined outside of any. */
export function signalOfWork(): AbortSignal | undefined {
  return within.getStore()?.signal;
}

/** Where the task whose part the caller is stands in its trace; undefined outside of any. */
export function traceOfWork(): TracePlace | undefined {
  return within.getStore()?.trace;
}

/**
 * Work that the agent gives itself. It begins once the gate is open: a drain would never end if agents went on giving
 * themselves work. What a task at work needs begins at once, since the drain waits for that task, and belongs to its trace;
 * else a new trace begins.
 */
export async function selfGivenWork<T>(
  { work, gate }: { work: WorkInHand; gate: Gate },
  summary: string,
  run: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const around = within.getStore();
  if (!around) await gate.whenOpen();
  const begun = work.begin(randomUUID(), null, summary);
  try {
    const result = await untilAborted(
      insideWork({ asked: begun.asked.signal, trace: around?.trace ?? newTrace() }, () => run(begun.asked.signal)),
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
