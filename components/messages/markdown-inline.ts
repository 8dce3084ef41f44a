/** A piece of a line. Only `text` and `code` hold words; the others hold more pieces. A link is its words and its address, and no more. */
export type Inline =
  | { kind: 'text'; text: string }
  | { kind: 'code'; text: string }
  | { kind: 'strong'; inside: Inline[] }
  | { kind: 'em'; inside: Inline[] }
  | { kind: 'del'; inside: Inline[] }
  | { kind: 'link'; inside: Inline[]; address: string }
  | { kind: 'image'; text: string; address: string };

const MARKS = { '**': 'strong', __: 'strong', '~~': 'del', '*': 'em', _: 'em' } as const;
type Mark = keyof typeof MARKS;
const DEEPEST = 6;
/** A mark that is not closed within so many characters is only a character: what is searched for stays near. */
const FARTHEST = 600;
const LINK = /^!?\[((?:[^[\]\\]|\\.){0,500})\]\(\s*<?([^\s<>()]{1,2000})>?(?:\s+"[^"]{0,300}")?\s*\)/;
const ESCAPED = /^\\([!-/:-@[-`{-~])/;

/** Reads the marks of one paragraph. Linear but for near searches; whatever has no meaning stays as it was written. */
export function inlineOf(source: string, depth = 0): Inline[] {
  const pieces: Inline[] = [];
  let plain = '';
  const say = (piece: Inline) => {
    if (plain !== '') pieces.push({ kind: 'text', text: plain });
    plain = '';
    pieces.push(piece);
  };
  for (let at = 0; at < source.length; ) {
    const found = depth < DEEPEST ? special(source, at, depth) : null;
    if (found === null) {
      plain += source[at];
      at += 1;
    } else {
      if (typeof found.piece === 'string') plain += found.piece;
      else say(found.piece);
      at = found.end;
    }
  }
  if (plain !== '') pieces.push({ kind: 'text', text: plain });
  return pieces;
}

interface Found {
  /** A text is as it is. */
  piece: Inline | string;
  end: number;
}

function special(source: string, at: number, depth: number): Found | null {
  const c = source[at];
  if (c === '\\') {
    const escaped = ESCAPED.exec(source.slice(at, at + 2))?.[1];
    return escaped === undefined ? null : { piece: escaped, end: at + 2 };
  }
  if (c === '`') return codeAt(source, at);
  if (c === '[' || (c === '!' && source[at + 1] === '[')) return linkAt(source, at, depth);
  return c === '*' || c === '_' || c === '~' ? markAt(source, at, depth) : null;
}

function codeAt(source: string, at: number): Found {
  let ticks = 1;
  while (source[at + ticks] === '`') ticks += 1;
  const fence = '`'.repeat(ticks);
  for (let end = at + ticks; end < Math.min(source.length, at + FARTHEST); ) {
    const close = source.indexOf(fence, end);
    if (close < 0) break;
    let run = ticks;
    while (source[close + run] === '`') run += 1;
    if (run === ticks)
      return { piece: { kind: 'code', text: source.slice(at + ticks, close).replace(/^ (.+) $/s, '$1') }, end: close + ticks };
    end = close + run;
  }
  return { piece: fence, end: at + ticks };
}

function linkAt(source: string, at: number, depth: number): Found | null {
  const match = LINK.exec(source.slice(at, at + 2_900));
  const [whole, words, address] = match ?? [];
  if (whole === undefined || words === undefined || address === undefined) return null;
  const end = at + whole.length;
  if (source[at] === '!') return { piece: { kind: 'image', text: words, address }, end };
  return { piece: { kind: 'link', inside: inlineOf(words, depth + 1), address }, end };
}

const isWord = (c: string | undefined) => c !== undefined && /[\p{L}\p{N}]/u.test(c);
const isSpace = (c: string | undefined) => c === undefined || /\s/.test(c);

function markAt(source: string, at: number, depth: number): Found | null {
  const two = source.slice(at, at + 2);
  const mark: Mark | null = two in MARKS ? (two as Mark) : source[at] === '~' ? null : (source[at] as Mark);
  if (mark === null) return null;
  const from = at + mark.length;
  // An underscore inside a word is part of a name, and a star before a space is a star.
  if (isSpace(source[from]) || (mark.startsWith('_') && isWord(source[at - 1]))) return { piece: mark, end: from };
  const most = Math.min(source.length, from + FARTHEST);
  for (let close = source.indexOf(mark, from + 1); close > 0 && close < most; close = source.indexOf(mark, close + 1)) {
    if (isSpace(source[close - 1]) || (mark.startsWith('_') && isWord(source[close + mark.length]))) continue;
    if (mark.length === 1 && (source[close + 1] === mark || source[close - 1] === mark)) continue;
    return { piece: { kind: MARKS[mark], inside: inlineOf(source.slice(from, close), depth + 1) }, end: close + mark.length };
  }
  return { piece: mark, end: from };
}
