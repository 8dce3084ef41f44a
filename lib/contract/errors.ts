/**
 * Every way in which Canvas can say no. The list is closed: HTTP status, JSON-RPC code and retry advice are total
 * tables over it, so that a new code does not compile until each of them has an answer.
 *
 * Two come from a workspace that is being restarted, and make the platform queue the message instead of passing the
 * refusal on: `draining` (it takes nothing new; the message was not begun) and `interrupted` (the message was begun, and
 * the stop ended it before it was done).
 */
export const ERROR_CODES = [
  'bad_request',
  'unauthenticated',
  'token_rejected',
  'forbidden',
  'wrong_host',
  'wrong_origin',
  'not_found',
  'method_not_allowed',
  'conflict',
  'gone',
  'too_large',
  'unsupported_media_type',
  'rate_limited',
  'unavailable',
  'overloaded',
  'draining',
  'interrupted',
  'upstream_unreachable',
  'upstream_failed',
  'timeout',
  'internal',
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];

/** HTTP status of each code. */
export const HTTP_STATUS: Record<ErrorCode, number> = {
  bad_request: 400,
  unauthenticated: 401,
  token_rejected: 401,
  forbidden: 403,
  wrong_host: 403,
  wrong_origin: 403,
  not_found: 404,
  method_not_allowed: 405,
  conflict: 409,
  gone: 410,
  too_large: 413,
  unsupported_media_type: 415,
  rate_limited: 429,
  unavailable: 503,
  overloaded: 503,
  draining: 503,
  interrupted: 503,
  upstream_unreachable: 502,
  upstream_failed: 502,
  timeout: 504,
  internal: 500,
};

/** JSON-RPC 2.0 code of each code, for A2A answers (-32700…-32600 are the standard's own, -32000…-32099 ours). */
export const JSON_RPC_CODE: Record<ErrorCode, number> = {
  bad_request: -32602,
  unauthenticated: -32010,
  token_rejected: -32010,
  forbidden: -32011,
  wrong_host: -32011,
  wrong_origin: -32011,
  not_found: -32012,
  method_not_allowed: -32601,
  conflict: -32013,
  gone: -32014,
  too_large: -32015,
  unsupported_media_type: -32600,
  rate_limited: -32016,
  unavailable: -32017,
  overloaded: -32017,
  draining: -32020,
  interrupted: -32021,
  upstream_unreachable: -32018,
  upstream_failed: -32018,
  timeout: -32019,
  internal: -32603,
};

/** Whether the same call may succeed later without being changed. */
export const RETRYABLE: Record<ErrorCode, boolean> = {
  bad_request: false,
  unauthenticated: false,
  token_rejected: false,
  forbidden: false,
  wrong_host: false,
  wrong_origin: false,
  not_found: false,
  method_not_allowed: false,
  conflict: false,
  gone: false,
  too_large: false,
  unsupported_media_type: false,
  rate_limited: true,
  unavailable: true,
  overloaded: true,
  draining: true,
  interrupted: true,
  upstream_unreachable: true,
  upstream_failed: true,
  timeout: true,
  internal: false,
};

/** The body of every refusal. `error` is a sentence for a person: what failed, with what input, what to do. */
export interface ErrorBody {
  error: string;
  code: ErrorCode;
  request_id?: string;
  /** Facts a client may act on, such as the children that block a delete. Never a stack trace, never a secret. */
  details?: Record<string, unknown>;
}

/**
 * The one error class of the product. `message` is shown to callers as it stands, so it never holds a secret.
 * Tell errors apart by `code`; `instanceof` does not hold between the server and its rendered pages.
 */
export class CanvasError extends Error {
  override readonly name = 'CanvasError';
  readonly code: ErrorCode;
  readonly details: Record<string, unknown> | undefined;

  constructor(code: ErrorCode, message: string, details?: Record<string, unknown>) {
    super(message);
    this.code = code;
    this.details = details;
  }
}

/** Reads a `code` of the closed list from anything thrown; `internal` when there is none. */
export function errorCodeOf(thrown: unknown): ErrorCode {
  const code = (thrown as { code?: unknown } | null)?.code;
  return (ERROR_CODES as readonly unknown[]).includes(code) ? (code as ErrorCode) : 'internal';
}
