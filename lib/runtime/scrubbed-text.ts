import { cutText } from '#lib/contract/heartbeat.ts';
import { scrub } from '#lib/domain/scrub.ts';

/** Read of a text to show a part of it. A secret is told by its beginning, so the cut must come after the look. */
const READ_CHARS = 20_000;

/** The beginning of a text, without the secrets in it. `limit` in UTF-16 units. */
export function scrubbedText(text: string, limit: number): string {
  return cutText(String(scrub(text.slice(0, Math.max(READ_CHARS, limit))).value), limit);
}

/** The end of a text, without the secrets in it. */
export function scrubbedEnd(text: string, limit: number): string {
  return String(scrub(text).value).slice(-limit);
}
