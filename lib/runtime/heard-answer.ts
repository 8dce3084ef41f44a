import { errorCodeOf } from '#lib/contract/errors.ts';
import { sentenceOf } from './log.ts';
import { type PlatformAnswer, refusalOf } from './platform-client.ts';

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 10_000;

/** No answer that says anything: no call came through, or the platform cannot take it now. The same call may be made again. */
export interface Lost {
  is: 'lost';
  why: string;
  /** The wait that the platform asked for; null: it named none. */
  afterMs: number | null;
}

/** The answer of a call, or that there is none yet. Rejects as the call does when `signal` aborted. */
export async function heardAnswer(signal: AbortSignal, call: () => Promise<PlatformAnswer>): Promise<PlatformAnswer | Lost> {
  let answer: PlatformAnswer;
  try {
    answer = await call();
  } catch (thrown) {
    const code = errorCodeOf(thrown);
    if (signal.aborted || (code !== 'upstream_unreachable' && code !== 'timeout')) throw thrown;
    return { is: 'lost', why: sentenceOf(thrown), afterMs: null };
  }
  const later = answer.status >= 500 || answer.status === 429 || answer.status === 408;
  return later ? { is: 'lost', why: sentenceOf(refusalOf(answer, 'a message')), afterMs: answer.retryAfterMs } : answer;
}

/** Milliseconds before call number `lost` + 1. Half of it is left to chance: many that lost the same platform shall not come back at the same moment. */
export function pauseAfter({ afterMs }: Lost, lost: number): number {
  return Math.max(afterMs ?? 0, Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(lost - 1, 10)) * (0.5 + Math.random() / 2));
}
