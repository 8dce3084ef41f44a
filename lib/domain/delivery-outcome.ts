import { ERROR_CODES, type ErrorCode } from '#lib/contract/errors.ts';

/**
 * What an attempt to deliver a message came to.
 *
 *   answered   the agent answered it, or refused the message itself: `answer` is its JSON-RPC answer
 *   put_back   it was not done, and will be delivered again; `begun`: the agent may have begun it
 *   struck     what came back makes no sense; after some of these a person must decide
 */
export type DeliveryOutcome =
  | { kind: 'answered'; answer: Record<string, unknown> }
  | { kind: 'put_back'; begun: boolean; why: string }
  | { kind: 'struck'; begun: boolean; why: string };

/** The `data` of an error in the place of an answer that could not be kept: an agent's own says nothing of an answer. */
export const LOST_ANSWER = { code: 'too_large', what: 'answer' } as const;

/** After so many answers that make no sense, a person must decide. */
export const MAX_STRIKES = 5;
const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 30_000;

/** How long to wait after so many attempts in a row that came to nothing. */
export function pauseAfter(failures: number): number {
  return Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.max(0, Math.min(failures, 10) - 1));
}

/** Refusals of a workspace that has not looked at the message. */
const NOT_BEGUN: ReadonlySet<ErrorCode> = new Set(['draining', 'overloaded', 'unavailable', 'rate_limited']);
/** Refusals of the platform, not of the message. */
const NOT_LET_IN: ReadonlySet<ErrorCode> = new Set(['unauthenticated', 'token_rejected', 'wrong_host', 'wrong_origin']);
/**
 * What a gateway in front of an agent answers while that is away. Not 504: the agent may be at work for longer than the
 * gateway waits, and would do all of it again for ever.
 */
const AWAY: ReadonlySet<number> = new Set([502, 503]);

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

/** `body` is what came back as JSON; null when it was none. */
export function judgeAnswer(status: number, body: unknown): DeliveryOutcome {
  if (!isObject(body)) return senseless(status, `It answered ${status} without JSON`);
  if (body['result'] !== undefined && body['result'] !== null) return { kind: 'answered', answer: body };
  const { error } = body;
  if (!isObject(error) || typeof error['code'] !== 'number') {
    return senseless(status, `It answered ${status} without a JSON-RPC result or error`);
  }
  const code = codeOf(error);
  if (code !== null && NOT_BEGUN.has(code)) return { kind: 'put_back', begun: false, why: `It takes nothing new now (${code})` };
  if (code === 'interrupted') return { kind: 'put_back', begun: true, why: 'It was stopped before it was done' };
  if (code === 'conflict') return { kind: 'put_back', begun: true, why: 'An earlier attempt is still at work' };
  if (status === 401 || (code !== null && NOT_LET_IN.has(code)))
    return { kind: 'struck', begun: false, why: `It does not let the platform in (${status})` };
  return { kind: 'answered', answer: body };
}

function senseless(status: number, why: string): DeliveryOutcome {
  if (AWAY.has(status)) return { kind: 'put_back', begun: status !== 503, why };
  return { kind: 'struck', begun: status >= 500 || status < 300, why };
}

/** No answer came. `why` says what was tried, as `callAgent` does; `silent`: it was at work, and gave no sign of life. */
export function judgeLoss(code: ErrorCode, begun: boolean, why: string, silent = false): DeliveryOutcome {
  // It may do all of it again: a person looks before it does so for ever.
  if (silent) return { kind: 'struck', begun, why };
  if (code === 'upstream_failed') {
    const error = { code: -32018, message: `${why} The answer is lost; the work may be done.`, data: LOST_ANSWER };
    return { kind: 'answered', answer: { jsonrpc: '2.0', id: null, error } };
  }
  return { kind: 'put_back', begun, why };
}

function codeOf(error: Record<string, unknown>): ErrorCode | null {
  const said = isObject(error['data']) ? error['data']['code'] : null;
  return (ERROR_CODES as readonly unknown[]).includes(said) ? (said as ErrorCode) : null;
}
