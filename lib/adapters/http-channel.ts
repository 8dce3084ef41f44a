import { CanvasError, errorCodeOf } from '#lib/contract/errors.ts';
import { oneLine } from '#lib/domain/channel-text.ts';
import type { SendOutcome } from '#lib/ports/channel-sender.ts';
import { type GuardedAnswer, type GuardedPost, guardedPost } from './guarded-http.ts';
import type { TargetGuard } from './guarded-target.ts';

/** Refusals that another attempt may not meet. */
const LATER = new Set([408, 409, 421, 423, 425, 429]);
/** Cut for a person only when its secrets are out: of a cut one the beginning would stay. */
const SAID = 10_000;
const MAX_WAIT_MS = 24 * 60 * 60_000;

/** One POST and what it means. `gone`: answers that say that the receiver is no more. */
export async function postToChannel(guard: TargetGuard, post: GuardedPost, gone: readonly number[]): Promise<SendOutcome> {
  try {
    return outcomeOf(await guardedPost(guard, post), gone);
  } catch (thrown) {
    return outcomeOfFailure(thrown);
  }
}

/** What kept a message from being sent: another attempt may work, unless the address itself is refused. */
export function outcomeOfFailure(thrown: unknown): SendOutcome {
  const code = errorCodeOf(thrown);
  const why =
    thrown instanceof CanvasError ? thrown.message : `It could not be sent (${(thrown as NodeJS.ErrnoException).code ?? 'unknown'}).`;
  const refused = code === 'forbidden' || code === 'bad_request' || code === 'upstream_failed';
  return refused ? { state: 'refused', why } : { state: 'retry_later', why };
}

function outcomeOf({ status, headers, text }: GuardedAnswer, gone: readonly number[]): SendOutcome {
  const said = oneLine(text).slice(0, SAID);
  const why = `The receiver answered ${status}${said === '' ? '.' : `: ${said}`}`;
  if (status >= 200 && status < 300) return { state: 'sent', why };
  if (gone.includes(status)) return { state: 'refused', why: `${why} It is gone for good.`, gone: true };
  if (status < 500 && !LATER.has(status)) return { state: 'refused', why };
  const after = retryAfter(headers['retry-after']);
  return { state: 'retry_later', why, ...(after !== null && { after_ms: after }) };
}

/** Seconds or a date (RFC 9110), as milliseconds from now; at most a day. */
function retryAfter(header: string | undefined): number | null {
  if (header === undefined) return null;
  const ms = /^\d{1,9}$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now();
  return Number.isFinite(ms) ? Math.min(Math.max(ms, 0), MAX_WAIT_MS) : null;
}
