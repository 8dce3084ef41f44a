import { errorCodeOf } from '#lib/contract/errors.ts';
import { taskRequest, versionHeader } from '#lib/domain/a2a-method.ts';
import { openTaskOf, taskIn } from '#lib/domain/delegation-result.ts';
import { type DeliveryOutcome, judgeLoss } from '#lib/domain/delivery-outcome.ts';
import { callAgent } from './call-agent.ts';
import { cancelTask, methodOf } from './cancel-task.ts';
import { MAX_ANSWER_BYTES, whyHeldNow } from './delivery-attempt.ts';
import type { UnderWay } from './delivery-box.ts';
import type { Deps } from './deps.ts';

type Json = Record<string, unknown>;

const ASK_MS = 10_000;
const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 15_000;
const UNKNOWN_TASK = -32001;
/** An agent that does not tell of its tasks: there is no such method, or it does not do that. */
const NOT_TOLD: ReadonlySet<unknown> = new Set([-32601, -32004]);
/** States in which a task waits for somebody. */
const ASKS = /^(TASK_STATE_)?(input|auth)[-_]required$/i;

/**
 * Asks an agent for the task that it made of a message until that ends, however long it takes. `begun`: the answer that
 * holds the task as it began; null: it was given to an earlier attempt, and one asks at once. Never rejects.
 */
export async function followTask(deps: Deps, work: UnderWay, begun: Json | null): Promise<DeliveryOutcome> {
  const { entry, abort } = work;
  const taskId = work.taskId ?? '';
  try {
    const held = begun === null ? whyHeldNow(deps.fleet.get(entry.workspace_id)) : null;
    if (held !== null) return { kind: 'put_back', begun: false, why: held };
    work.method ||= await methodOf(deps, entry);
    const headers = versionHeader(work.method);
    // Whether its agent keeps tasks at all: one that never told of this one would only be made to do the work again.
    let isKept = begun === null;
    const ask = { method: 'POST', path: '', headers, body: taskRequest(work.method, taskId), timeoutMs: ASK_MS } as const;
    for (let pause = begun === null ? 0 : FIRST_PAUSE_MS; ; pause = nextPause(pause)) {
      if (pause > 0) await wait(pause, abort.signal);
      if (abort.signal.aborted) return { kind: 'put_back', begun: true, why: 'Its process ended' };
      const { status, body } = await callAgent(deps, entry.workspace_id, { ...ask, signal: abort.signal, maxBytes: MAX_ANSWER_BYTES });
      const { result, error } = (body ?? {}) as { result?: unknown; error?: { code?: unknown } | null };
      const code = error?.code;
      if (code === UNKNOWN_TASK && isKept) return { kind: 'struck', begun: true, why: 'Its agent does not know the task any more' };
      if (code === UNKNOWN_TASK || NOT_TOLD.has(code)) return { kind: 'answered', answer: begun ?? asBegun(work.method, taskId) };
      const task = taskIn(result);
      if (task === null) return { kind: 'put_back', begun: true, why: `Its agent answered ${status} when it was asked for the task` };
      isKept = true;
      if (openTaskOf({ result: { ...task, id: taskId } }) !== null) continue;
      const { state } = (task['status'] ?? {}) as { state?: unknown };
      // It would wait for ever: nobody answers what it asks.
      if (typeof state === 'string' && ASKS.test(state)) void cancelTask(deps, work);
      return { kind: 'answered', answer: answerWith(work.method, task) };
    }
  } catch (thrown) {
    const said = thrown instanceof Error ? thrown.message : String(thrown);
    return judgeLoss(errorCodeOf(thrown), true, said);
  }
}

/** Resolves after so long, or at once when it is given up. */
function wait(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const go = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', go);
      resolve();
    };
    const timer = setTimeout(go, ms).unref();
    signal.addEventListener('abort', go);
    if (signal.aborted) go();
  });
}

const nextPause = (pause: number) => Math.min(Math.max(FIRST_PAUSE_MS, pause * 1.5), LONGEST_PAUSE_MS);

/** As the message itself would have been answered. */
function answerWith(method: string, task: Json): Json {
  return { jsonrpc: '2.0', id: null, result: method.includes('/') ? task : { task } };
}

function asBegun(method: string, id: string): Json {
  return answerWith(method, { kind: 'task', id, status: { state: method.includes('/') ? 'working' : 'TASK_STATE_WORKING' } });
}
