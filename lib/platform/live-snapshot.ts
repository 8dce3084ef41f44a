import { CanvasError, errorCodeOf } from '#lib/contract/errors.ts';
import { type InFlightTask, inFlightTaskSchema } from '#lib/contract/heartbeat.ts';
import type { SignalOutcome } from '#lib/contract/restarts.ts';
import type { Snapshot } from '#lib/contract/snapshot.ts';
import { scrub } from '#lib/domain/scrub.ts';
import { callAgent } from './call-agent.ts';
import type { Deps } from './deps.ts';
import { readSnapshot } from './snapshot-keeping.ts';

const ASK_MS = 10_000;
/** A snapshot is at most 1 MB; some write JSON with more room. */
const MAX_ANSWER_BYTES = 3 * 1024 * 1024;

export type LiveSnapshot =
  | { outcome: 'acknowledged'; snapshot: Snapshot; bytes: number; in_flight: InFlightTask[] }
  /** `why` is a sentence for a person. */
  | { outcome: Exclude<SignalOutcome, 'acknowledged'>; why: string };

/**
 * Asks a workspace's agent what it would save now; cleaned of secrets, stored nowhere. That it cannot be had is an answer
 * too. Rejects only with `not_found` or `gone`, and when the store does not answer. Aborting `signal` is answered as a
 * timeout.
 */
export async function askLiveSnapshot(deps: Deps, id: string, signal?: AbortSignal): Promise<LiveSnapshot> {
  const { row } = deps.fleet.get(id);
  if (!row.url) return { outcome: 'no_address', why: 'It has registered no address, so it cannot be asked.' };
  let status: number;
  let body: unknown;
  try {
    ({ status, body } = await callAgent(deps, id, {
      method: 'GET',
      path: '/signals/snapshot',
      timeoutMs: ASK_MS,
      maxBytes: MAX_ANSWER_BYTES,
      ...(signal ? { signal } : {}),
    }));
  } catch (thrown) {
    return lost(thrown);
  }
  if (status === 404 || status === 405 || status === 501)
    return { outcome: 'not_supported', why: `Its runtime cannot show what it would save (it answered ${status}).` };
  if (status === 401 || status === 403)
    return {
      outcome: 'refused',
      why: `Its runtime did not accept the platform’s secret (it answered ${status}). It gets the current one with its next beat.`,
    };
  if (status !== 200) return { outcome: 'bad_answer', why: `Its runtime answered ${status} when it was asked what it would save.` };
  if (body === null) return { outcome: 'bad_answer', why: 'Its runtime answered no JSON when it was asked what it would save.' };
  try {
    return { outcome: 'acknowledged', ...readSnapshot(body, id), in_flight: tasksOf(body) };
  } catch (thrown) {
    if (!(thrown instanceof CanvasError)) throw thrown;
    return { outcome: 'bad_answer', why: `What its runtime showed is no snapshot. ${thrown.message}` };
  }
}

/** What a preview says of the work in flight; without secrets, and without what is no task. */
function tasksOf(body: unknown): InFlightTask[] {
  const said = (body as { in_flight?: unknown }).in_flight;
  const tasks = Array.isArray(said) ? said.slice(0, 500) : [];
  return tasks.flatMap((task) => {
    const { success, data } = inFlightTaskSchema.safeParse(task);
    return success ? [{ ...data, summary: String(scrub(data.summary ?? '').value) }] : [];
  });
}

function lost(thrown: unknown): LiveSnapshot {
  const code = errorCodeOf(thrown);
  if (code === 'timeout') return { outcome: 'timed_out', why: `It did not show what it would save within ${ASK_MS / 1000} s.` };
  if (code === 'upstream_failed')
    return { outcome: 'bad_answer', why: `It answered with more than a snapshot can hold. ${(thrown as Error).message}` };
  if (code !== 'upstream_unreachable') throw thrown;
  return { outcome: 'unreachable', why: `It could not be reached. ${(thrown as Error).message}` };
}
