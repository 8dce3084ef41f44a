import type { ActivityRow } from '#lib/contract/activity.ts';

type Json = Record<string, unknown>;
const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);

/** A body of which only the beginning of its JSON was kept. */
export const isCut = (body: unknown): body is { cut: true; beginning: string } =>
  isObject(body) && body['cut'] === true && typeof body['beginning'] === 'string';

export function messageOf(body: unknown): Json | null {
  const params = isObject(body) ? body['params'] : null;
  const message = isObject(params) ? params['message'] : null;
  return isObject(message) ? message : null;
}

/** The message that a row is about, also when only its beginning was kept: the ids come first in what this page sends. */
export function isAbout(row: ActivityRow, messageId: string): boolean {
  if (isCut(row.request_body)) return row.request_body.beginning.includes(messageId);
  return messageOf(row.request_body)?.['messageId'] === messageId;
}

/** How the first text in JSON that was cut begins, without the ellipsis of the cut; null: the cut was before it. */
export function beginningOfText(json: string): string | null {
  const quoted = /"text":"((?:[^"\\]|\\.)*)/.exec(json.replace(/…$/, ''))?.[1];
  if (quoted === undefined) return null;
  // The cut may be within an escape: \u and fewer than four digits, or half of a character.
  for (const part of [quoted, quoted.replace(/\\u[0-9a-f]{0,3}$/i, '')]) {
    try {
      return String(JSON.parse(`"${part}"`)).replace(/[\ud800-\udbff]$/, '');
    } catch {
      // The shorter one is whole.
    }
  }
  return null;
}
