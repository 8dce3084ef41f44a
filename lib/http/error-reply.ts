import type { FastifyReply, FastifyRequest } from 'fastify';
import { CanvasError, type ErrorBody, type ErrorCode, HTTP_STATUS, errorCodeOf } from '#lib/contract/errors.ts';

const OF_FASTIFY: Record<string, [ErrorCode, string]> = {
  FST_ERR_CTP_BODY_TOO_LARGE: ['too_large', 'The body is larger than this call takes.'],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: ['unsupported_media_type', 'Send the body as application/json.'],
  FST_ERR_CTP_EMPTY_JSON_BODY: ['bad_request', 'The body is empty; send a JSON object, or leave Content-Type out.'],
  FST_ERR_CTP_INVALID_JSON_BODY: ['bad_request', 'The body is not valid JSON.'],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: ['bad_request', 'Content-Length does not match the body.'],
};

/** The refusal that a caller sees for anything thrown. Unknown errors are logged whole and shown as `internal`, without their text. */
export function refusalOf(thrown: unknown, request: FastifyRequest): CanvasError {
  if (errorCodeOf(thrown) !== 'internal') return thrown as CanvasError;
  const { code, statusCode } = (thrown ?? {}) as { code?: string; statusCode?: number };
  const known = OF_FASTIFY[code ?? ''];
  if (known) return new CanvasError(...known);
  if (thrown instanceof SyntaxError) return new CanvasError('bad_request', 'The body is not valid JSON.');
  if (statusCode === 400) return new CanvasError('bad_request', 'The request is not well-formed.');
  if (thrown instanceof CanvasError) return thrown;
  request.log.error({ err: thrown }, 'a request failed unexpectedly');
  return new CanvasError('internal', `Something went wrong on the platform’s side. Its log has the details under request id ${request.id}.`);
}

export function replyWithError(thrown: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const refusal = refusalOf(thrown, request);
  const body: ErrorBody = {
    error: refusal.message,
    code: refusal.code,
    request_id: request.id,
    ...(refusal.details ? { details: refusal.details } : {}),
  };
  if (refusal.code === 'unauthenticated' || refusal.code === 'token_rejected') reply.header('www-authenticate', 'Bearer');
  if (HTTP_STATUS[refusal.code] === 503 || refusal.code === 'rate_limited') reply.header('retry-after', '1');
  reply.code(HTTP_STATUS[refusal.code]).type('application/json; charset=utf-8').send(JSON.stringify(body));
}
