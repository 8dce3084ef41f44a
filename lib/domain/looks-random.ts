const MIN_SWITCHES = 0.4;
const PATH_SHARE = 12;
const JUDGED_CHARS = 4096;

/**
 * Whether letters and digits follow each other as in random bytes written as base64 or base62: capitals, small letters
 * and digits all there, and a change between them at least every two and a half characters. Words, paths, camelCase,
 * hexadecimal digests, UUIDs and numbers do not look like that. Only the first 4,096 characters are judged.
 */
export function looksRandom(text: string): boolean {
  const count = { upper: 0, lower: 0, digit: 0, slash: 0 };
  let switches = 0;
  let before = '';
  if (/^(?:0x)?[0-9A-Fa-f]+$/.test(text.slice(0, JUDGED_CHARS))) return false;
  const length = Math.min(text.length, JUDGED_CHARS);
  for (let at = 0; at < length; at += 1) {
    const kind = kindOf(text.charCodeAt(at));
    if (kind === 'other') continue;
    count[kind] += 1;
    if (kind === 'slash') continue;
    if (before !== '' && kind !== before) switches += 1;
    before = kind;
  }
  const written = count.upper + count.lower + count.digit;
  if (count.upper < 3 || count.lower < 3 || count.digit < 2) return false;
  // In base64 one character of 64 is a slash; in a path, one of five to ten.
  if (count.slash * PATH_SHARE > length && count.slash > 2) return false;
  return switches >= MIN_SWITCHES * (written - 1);
}

function kindOf(code: number): 'upper' | 'lower' | 'digit' | 'slash' | 'other' {
  if (code >= 97 && code <= 122) return 'lower';
  if (code >= 65 && code <= 90) return 'upper';
  if (code >= 48 && code <= 57) return 'digit';
  return code === 47 ? 'slash' : 'other';
}
