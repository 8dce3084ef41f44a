const LONE_SURROGATE = /\p{Cs}/gu;
/** One escape of JSON text. `JSON.stringify` writes a surrogate as an escape only when it is alone. */
const JSON_ESCAPE = /\\(?:ud[89a-f][0-9a-f]{2}|.)/g;
const LONE_ESCAPE = /\\ud[89a-f]/;
const LONE_ESCAPE_LENGTH = 6;

/**
 * Each half of a surrogate pair that lost its other half becomes U+FFFD: UTF-8 has no bytes for it, so a page, a database and
 * a log would each make something else of it. The length stays.
 */
export function wellFormed(text: string): string {
  return text.replace(LONE_SURROGATE, '\ufffd');
}

export function isWellFormed(text: string): boolean {
  return text.search(LONE_SURROGATE) === -1;
}

/** The same for every key and text in a JSON value, however deep; the value itself when nothing is to do. */
export function wellFormedJson<T>(value: T): T {
  const json = JSON.stringify(value);
  if (json === undefined || !LONE_ESCAPE.test(json)) return value;
  return JSON.parse(json.replace(JSON_ESCAPE, (found) => (found.length === LONE_ESCAPE_LENGTH ? '\\ufffd' : found))) as T;
}
