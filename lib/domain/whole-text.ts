/** How far back a cut looks for the beginning of the character that it would split, in UTF-16 units. */
const LOOK_BACK = 64;
const LOOK_AHEAD = 32;

const characters = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** The beginning of a text, at most `limit` UTF-16 units of it, and no character of it split as a person sees characters. */
export function beginningOf(text: string, limit: number): string {
  return text.length <= limit ? text : text.slice(0, boundaryBefore(text, limit));
}

/** The same by bytes of UTF-8. */
export function beginningInBytes(text: string, limit: number): string {
  // Three bytes a unit at the most: what is this short fits.
  if (text.length * 3 <= limit) return text;
  const { read } = new TextEncoder().encodeInto(text, new Uint8Array(limit));
  return read === text.length ? text : text.slice(0, boundaryBefore(text, read));
}

/** A character longer than what is looked at (a letter under hundreds of accents) is cut between two code points. */
function boundaryBefore(text: string, at: number): number {
  const from = Math.max(0, at - LOOK_BACK);
  const start = isLowHalf(text, from) ? from + 1 : from;
  let boundary = isLowHalf(text, at) ? at - 1 : at;
  let found = start;
  for (const { index } of characters.segment(text.slice(start, at + LOOK_AHEAD))) {
    if (start + index > at) break;
    found = start + index;
  }
  if (found > start) boundary = found;
  return boundary;
}

function isLowHalf(text: string, at: number): boolean {
  const unit = text.charCodeAt(at);
  const before = text.charCodeAt(at - 1);
  return unit >= 0xdc00 && unit <= 0xdfff && before >= 0xd800 && before <= 0xdbff;
}
