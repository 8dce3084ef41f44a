import type { Socket } from 'node:net';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CanvasError, type ErrorBody, type ErrorCode, errorCodeOf, HTTP_STATUS } from '#lib/contract/errors.ts';
import { API_HEADERS } from './security-headers.ts';

const OF_FASTIFY: Record<string, [ErrorCode, string]> = {
  FST_ERR_CTP_BODY_TOO_LARGE: ['too_large', 'The body is larger than this call takes.'],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: ['unsupported_media_type', 'Send the body as application/json.'],
  FST_ERR_CTP_INVALID_JSON_BODY: ['bad_request', 'The body is not valid JSON.'],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: ['bad_request', 'Content-Length does not match the body.'],
  FST_ERR_BAD_URL: ['bad_request', 'The address is not well-formed: check its % signs.'],
  FST_ERR_MAX_PARAM_LENGTH: ['not_found', 'A part of the address is longer than any id is.'],
};

/** The refusal that a caller sees for anything thrown; null when it is unknown, and then a failure of ours. */
function refusalOf(thrown: unknown): CanvasError | null {
  if (thrown instanceof CanvasError || errorCodeOf(thrown) !== 'internal') return thrown as CanvasError;
  const { code, statusCode } = (thrown ?? {}) as { code?: string; statusCode?: number };
  const known = OF_FASTIFY[code ?? ''];
  if (known) return new CanvasError(...known);
  if (thrown instanceof SyntaxError)
    return new CanvasError('bad_request', 'The body is not valid JSON, or has a key that no object may have.');
  return statusCode === 400 ? new CanvasError('bad_request', 'The request is not well-formed.') : null;
}

/** `failed` is told about unknown errors; their text is shown to nobody. */
export function replyWithError(
  thrown: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
  failed: (request: FastifyRequest, thrown: unknown) => void,
): void {
  const known = refusalOf(thrown);
  if (!known) failed(request, thrown);
  const refusal =
    known ??
    new CanvasError('internal', `Something went wrong on the platform’s side. Its log has the details under request id ${request.id}.`);
  const status = HTTP_STATUS[refusal.code];
  if (status === 401) reply.header('www-authenticate', 'Bearer');
  if (status === 503 || status === 429) reply.header('retry-after', String(refusal.details?.['retry_after_seconds'] ?? 1));
  reply.code(status).headers(API_HEADERS).type('application/json; charset=utf-8').send(errorBody(refusal, request.id));
}

export function errorBody(refusal: CanvasError, requestId: string): string {
  const body: ErrorBody = {
    error: refusal.message,
    code: refusal.code,
    request_id: requestId,
    ...(refusal.details ? { details: refusal.details } : {}),
  };
  return JSON.stringify(body);
}

/** Before there is a request: the statuses are HTTP's own for what the parser met. */
const OF_PARSER: Record<string, [status: string, code: ErrorCode, message: string]> = {
  HPE_HEADER_OVERFLOW: ['431 Request Header Fields Too Large', 'too_large', 'The address and headers are larger than 16 KB together.'],
  ERR_HTTP_REQUEST_TIMEOUT: ['408 Request Timeout', 'timeout', 'The request did not arrive in time.'],
};
const MALFORMED = ['400 Bad Request', 'bad_request', 'This is not a well-formed HTTP request.'] as const;

/** Answers what the HTTP parser refused, and hangs up. */
export function answerClientError(error: { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const [status, code, message] = OF_PARSER[error.code ?? ''] ?? MALFORMED;
  const body = JSON.stringify({ error: message, code } satisfies ErrorBody);
  const headers = Object.entries({
    ...API_HEADERS,
    connection: 'close',
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
  });
  socket.end(`HTTP/1.1 ${status}\r\n${headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${body}`);
}
