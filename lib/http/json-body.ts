import { isUtf8 } from 'node:buffer';
import type { IncomingHttpHeaders } from 'node:http';
import type { FastifyInstance } from 'fastify';
import { CanvasError } from '#lib/contract/errors.ts';

/** Real bodies nest a handful of levels; recursive code (JSON.stringify too) overflows the stack at some thousands. */
const MAX_DEPTH = 64;

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
    if (deeperThan(text, MAX_DEPTH)) return done(new CanvasError('bad_request', `The body nests deeper than ${MAX_DEPTH} levels.`));
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

/** Counts brackets outside of strings, without parsing. */
function deeperThan(text: string, limit: number): boolean {
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 0x22) at = endOfString(text, at);
    else if (code === 0x7b || code === 0x5b) {
      depth += 1;
      if (depth > limit) return true;
    } else if (code === 0x7d || code === 0x5d) depth -= 1;
  }
  return false;
}

/** Index of the closing quote, or the end of the text. */
function endOfString(text: string, start: number): number {
  let at = text.indexOf('"', start + 1);
  while (at !== -1) {
    let backslashes = 0;
    while (text.charCodeAt(at - 1 - backslashes) === 0x5c) backslashes += 1;
    if (backslashes % 2 === 0) return at;
    at = text.indexOf('"', at + 1);
  }
  return text.length;
}
