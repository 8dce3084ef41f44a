import { isUtf8 } from 'node:buffer';
import type { IncomingHttpHeaders } from 'node:http';
import type { FastifyInstance } from 'fastify';
import { CanvasError } from '#lib/contract/errors.ts';
import { deeperThan, MAX_JSON_DEPTH } from '#lib/contract/json-depth.ts';

/**
 * Takes `application/json` bodies in plain UTF-8 and no other: a page on another site can send the simple types (text,
 * forms) without asking first. Keys that reach a prototype are refused, an empty body counts as none, the last of two
 * equal keys wins.
 */
export function acceptJsonOnly(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('error', 'error');
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body: Buffer, done) => {
    const text = textOf(request.headers, body);
    if (text instanceof CanvasError) return done(text);
    if (text.trim() === '') return done(null, undefined);
    if (deeperThan(text, MAX_JSON_DEPTH))
      return done(new CanvasError('bad_request', `The body nests deeper than ${MAX_JSON_DEPTH} levels.`));
    return parse(request, text, (refused, value) => done(refused && isJson(text) ? forbiddenKey() : refused, value));
  });
}

/** The text of a body, or why it cannot be read. */
function textOf(headers: IncomingHttpHeaders, body: Buffer): string | CanvasError {
  if ((headers['content-encoding'] ?? 'identity').toLowerCase() !== 'identity') {
    return new CanvasError('unsupported_media_type', 'Send the body as it is: one with a Content-Encoding is not taken.');
  }
  const charset = /; *charset="?([^";]*)/i.exec(headers['content-type'] ?? '')?.[1]?.trim();
  if (charset !== undefined && !/^utf-?8$/i.test(charset)) {
    return new CanvasError('unsupported_media_type', 'Send the body as JSON in UTF-8; no other charset is taken.');
  }
  return isUtf8(body) ? body.toString('utf8') : new CanvasError('bad_request', 'The body is not valid UTF-8.');
}

function forbiddenKey(): CanvasError {
  return new CanvasError(
    'bad_request',
    'The body has a key "__proto__", or a "constructor" with a "prototype" in it. No object may have these; name the key otherwise.',
  );
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
