import { looksRandom } from './looks-random.ts';
import { isSecretValue, type NamedValue, typeOfName } from './named-secret.ts';
import { HEAD, tokenAt, tokenType } from './secret-heads.ts';

/** How many of each type were taken out. */
export type Redactions = Record<string, number>;

/** A secret found: its type and where it stands. `resume`: where reading goes on when there was none. */
type Found = { type: string; from: number; to: number } | { type: null; resume: number };

const MAX_QUOTED = 8192;
/** A value is judged by so many of its characters: whoever is turned down must not have cost more. */
const JUDGED = 256;
/** So much in front of a name is looked at. */
const BEHIND = 64;
/** What a value's opening quote, or a YAML block, begins with. */
const OPENINGS = '\\"\'`|>';
const MAX_READINGS = 8;

const MARKERS = /\[REDACTED:[A-Z0-9_]{1,40}\]/g;
/** What services call their sessions, messages and calls: long, random, and no secret. */
const ID = /^(?:session|sess|conv|thread|run|msg|req|toolu|call)_[A-Za-z0-9]{8,72}$/;

export const markerOf = (type: string): string => `[REDACTED:${type}]`;

/**
 * Puts `[REDACTED:TYPE]` in the place of every secret in a text, and counts them in `counts`. Each reading is one pass
 * from left to right, in time proportional to the length. A text in which something was found is read again, because a
 * marker is a new neighbour to what stands beside it: so that a text that was scrubbed comes back as it is.
 */
export function scrubText(text: string, counts: Redactions): string {
  let scrubbed = text;
  for (let reading = 0; reading < MAX_READINGS; reading += 1) {
    const before = scrubbed;
    scrubbed = readOnce(before, counts);
    if (scrubbed === before) break;
  }
  return scrubbed;
}

function readOnce(text: string, counts: Redactions): string {
  HEAD.lastIndex = 0;
  const noEnd = { from: Number.POSITIVE_INFINITY };
  let scrubbed = '';
  let copied = 0;
  for (let match = HEAD.exec(text); match !== null; match = HEAD.exec(text)) {
    const found = judge(text, match, noEnd);
    if (found.type === null) {
      HEAD.lastIndex = Math.max(found.resume, match.index + 1);
      continue;
    }
    scrubbed += text.slice(copied, found.from) + markerOf(found.type);
    counts[found.type] = (counts[found.type] ?? 0) + 1;
    copied = found.to;
    HEAD.lastIndex = Math.max(found.to, match.index + 1);
  }
  return copied === 0 ? text : scrubbed + text.slice(copied);
}

function judge(text: string, match: RegExpExecArray, noEnd: { from: number }): Found {
  const start = match.index;
  const end = start + match[0].length;
  if (match[1] !== undefined) return { type: null, resume: end };
  if (match[2] !== undefined) return privateKey(text, start, end, noEnd);
  if (match[3] !== undefined) return token(text, start, end);
  if (match[4] !== undefined) return address(text, end);
  if (match[5] !== undefined) return scheme(text, start, end);
  if (match[6] !== undefined) return commandUser(text, start, end);
  if (match[7] !== undefined) return named(text, start, end);
  return blob(text, start, end);
}

/** To its last line; without one, to the end of the text when what follows is key material. */
function privateKey(text: string, start: number, end: number, noEnd: { from: number }): Found {
  const close = end >= noEnd.from ? null : /-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/g;
  if (close !== null) {
    close.lastIndex = end;
    if (close.exec(text) !== null) return { type: 'PRIVATE_KEY', from: start, to: close.lastIndex };
    noEnd.from = end;
  }
  const first = /^(?:\s|\\+[nrt]|["'])*([^\s\\"']*)/.exec(text.slice(end, end + JUDGED))?.[1] ?? '';
  const material =
    first === '' ? text.length - end < JUDGED : /^[A-Za-z0-9+/=]{16,}$/.test(first) || /^(?:Proc-Type|Version|Comment):/.test(first);
  return material ? { type: 'PRIVATE_KEY', from: start, to: text.length } : { type: null, resume: end };
}

function token(text: string, start: number, end: number): Found {
  const value = text.slice(start, end);
  const type = tokenType(value) ?? 'TOKEN';
  // `sk-` also begins class names of style sheets: those are short words between hyphens.
  if (type === 'SK_TOKEN' && !/[A-Za-z0-9]{16}/.test(value) && !looksRandom(value))
    return { type: null, resume: end - start > JUDGED ? end : start + 3 };
  // What hangs on to a token is as secret as what was recognised of it.
  return { type, from: start, to: endOf(text, end, /[A-Za-z0-9_-]*/y) };
}

/** `://user:password@host`: the password; `://token@host`: the token. */
function address(text: string, end: number): Found {
  const user = /^[^\s/?#"'`<>\\]{1,512}@/.exec(text.slice(end, end + 513))?.[0] ?? '';
  // The colon of a marker parts nothing.
  const colon = user.replace(MARKERS, (marker) => '_'.repeat(marker.length)).indexOf(':');
  const password = user.slice(colon + 1, -1);
  const from = end + colon + 1;
  if (colon === -1 && !/^[A-Za-z0-9_-]{20,}$/.test(password)) return { type: null, resume: end };
  if (password === '' || /^(?:\$|\{|%7B|\*|\[REDACTED:)/i.test(password)) return { type: null, resume: end };
  return { type: colon === -1 ? 'TOKEN' : 'PASSWORD', from, to: from + password.length };
}

function scheme(text: string, start: number, end: number): Found {
  const bearer = /^bearer/i.test(text.slice(start, end));
  let to = endOf(text, end, /[A-Za-z0-9._~+/=-]*/y);
  while (text[to - 1] === '.') to -= 1;
  const value = text.slice(end, to);
  const inHeader = /authorization["'\\]*\s*[:=]\s*["'\\]*$/i.test(text.slice(Math.max(0, start - 40), start));
  const judged = value.slice(0, JUDGED);
  const secret = bearer
    ? value.length >= 8 && (inHeader || value.length >= 32 || (/[0-9]/.test(judged) && value.length >= 12))
    : value.length >= 8 && (inHeader || (looksRandom(judged) && value.length >= 16));
  return secret ? { type: bearer ? 'BEARER_TOKEN' : 'BASIC_AUTH', from: end, to } : { type: null, resume: end };
}

/** `curl -u name:password`, `mysql -ppassword`. */
function commandUser(text: string, start: number, end: number): Found {
  const to = endOf(text, end, /[^\s"'`]*/y);
  const value = text.slice(end, to);
  const database = text.startsWith('-p', start);
  const command = database ? /\b(?:mysql|mariadb)[a-z-]{0,8}[ \t][^\n]*$/ : /\b(?:curl|wget|http|https|xh)\b[^\n]*$/;
  const calls = command.test(text.slice(Math.max(0, start - 300), start)) && !(database && /^\d+:\d+/.test(value));
  return calls && value.length >= 3 && !/^(?:\$|\[REDACTED:)/.test(value)
    ? { type: 'PASSWORD', from: end, to }
    : { type: null, resume: end };
}

function blob(text: string, start: number, end: number): Found {
  const before = text.slice(Math.max(0, start - 24), start);
  const escaped = before.endsWith('\\') ? 1 : 0;
  const value = text.slice(start + escaped, end);
  // Digests and public keys are written in base64 too, and so are the names of files made from them.
  const known =
    ID.test(value) ||
    /^sha(?:1|224|256|384|512)[-:_]/i.test(value) ||
    /(?:sha(?:1|224|256|384|512)[:= -]|ssh-[a-z0-9-]{3,20} |ecdsa-sha2-\S{1,12} )$/i.test(before);
  const file = /^\.[A-Za-z][A-Za-z0-9]{1,4}(?![A-Za-z0-9])/.test(text.slice(end, end + 8));
  if (known || file || !looksRandom(value)) return { type: null, resume: start + 1 };
  // A slash is also what a path has in front of a token, and the token tells more.
  const inner = value.includes('/') ? tokenAt(text.slice(start + escaped, end + JUDGED)) : -1;
  if (inner !== -1 && inner < value.length && !looksRandom(value.slice(0, inner))) return { type: null, resume: start + 1 };
  return { type: 'BASE64_BLOB', from: start + escaped, to: end };
}

function named(text: string, start: number, end: number): Found {
  const none: Found = { type: null, resume: end };
  // No value that begins with a bracket is a secret. Code indexes what it calls a token, and a marker stands there in the second reading.
  if (text[end] === '[' || (text[end + 1] === '[' && isQuote(text[end]))) return none;
  const window = Math.max(0, start - BEHIND);
  const nameFrom = nameStart(text, start, window);
  const head = text.slice(start, end);
  const keyword = head.slice(0, keywordEnd(head));
  const between = head.slice(keyword.length);
  const flag = text[nameFrom] === '-' && nameFrom < start && /^[ \t=]+$/.test(between);
  const separator = /[=:>]/.exec(between)?.[0] ?? (head.includes('%3') ? '=' : null);
  const behind = nameFrom > window ? (text[nameFrom - 1] ?? '') : '';
  if (separator === null && !flag) return none;
  const element = separator === '>' && !head.includes('=>');
  if (element && behind !== '<') return none;
  if (/authorization$/i.test(keyword)) return credentials(text, end);
  if (/cookie$/i.test(keyword)) return cookie(text, end);
  const name = text.slice(nameFrom, start).replace(/^[-.]+/, '') + keyword;
  const place = valueAt(text, end, {
    element,
    lineStart: MAY_END_LINE_START.includes(behind) && isLineStart(text.slice(window, nameFrom)),
    flag,
    query: behind !== '' && '?&;'.includes(behind),
  });
  const value: NamedValue = { name, value: place.judged, style: place.style, separator: separator === ':' ? ':' : '=' };
  // A call or an index behind a bare word is code.
  if (place.style !== 'quoted' && (text[place.to] === '(' || text[place.to] === '[')) return none;
  if (!isSecretValue(value)) return none;
  // A value that also gives itself away is called what it is.
  return { type: tokenType(place.judged) ?? typeOfName(name), from: place.from, to: place.end() };
}

const isQuote = (char: string | undefined) => char === '"' || char === "'" || char === '`';

/** Where the name that ends before `end` begins, `window` at the earliest. */
function nameStart(text: string, end: number, window: number): number {
  let at = end;
  while (at > window && isNameChar(text.charCodeAt(at - 1))) at -= 1;
  return at;
}

/** Letters, digits and `_.-`. */
function isNameChar(code: number): boolean {
  return (
    (code >= 97 && code <= 122) || (code >= 48 && code <= 57) || (code >= 65 && code <= 90) || code === 95 || code === 45 || code === 46
  );
}

/** The name's own last word and what of it follows, before quotes and separators. */
function keywordEnd(head: string): number {
  let at = 0;
  while (at < head.length && isNameChar(head.charCodeAt(at)) && head[at] !== '.') at += 1;
  return at;
}

/** The last characters that `isLineStart` can be true for. */
const MAY_END_LINE_START = ['', '\n', '\r', 'n', ' ', '\t', '"', "'"];
const isLineStart = (before: string) => /(?:^|[\r\n]|\\n)[ \t]*(?:(?:export|set|ENV|ARG|-)[ \t]+)?["']?$/.test(before);

/** `Authorization: Bearer …`, `Basic …`, another scheme, or the bare secret. */
function credentials(text: string, end: number): Found {
  const head = /^\\*["'`]?(?:(bearer|basic|token|apikey|digest|key)[ \t]+)?(?!bearer|basic)/i.exec(text.slice(end, end + 40));
  const from = end + (head?.[0].length ?? 0);
  const to = endOf(text, from, /[^\s"'`,;\\<>&]*/y);
  const value = text.slice(from, to);
  const kind = head?.[1]?.toLowerCase();
  if (value.length < 8 || /^(?:\$|\{|<|\[|\*)/.test(value) || (kind === undefined && !/[0-9]/.test(value)))
    return { type: null, resume: end };
  return { type: kind === 'bearer' ? 'BEARER_TOKEN' : kind === 'basic' ? 'BASIC_AUTH' : 'TOKEN', from, to };
}

function cookie(text: string, end: number): Found {
  const head = /^["'\\]*[A-Za-z0-9_.-]{1,64}=/.exec(text.slice(end, end + 80));
  if (head === null) return { type: null, resume: end };
  const from = end + head[0].length;
  const to = endOf(text, from, /[^\r\n"'\\]*/y);
  return to - from >= 8 && !text.startsWith('[REDACTED:', from) ? { type: 'COOKIE', from, to } : { type: null, resume: end };
}

/** The end of what a sticky pattern takes from there. */
function endOf(text: string, from: number, run: RegExp): number {
  run.lastIndex = from;
  run.test(text);
  return Math.max(from, run.lastIndex);
}

interface Behind {
  element: boolean;
  lineStart: boolean;
  flag: boolean;
  query: boolean;
}

/** A value behind a separator. `to`: as far as it was judged; `end`: where it ends. */
interface Place {
  from: number;
  to: number;
  judged: string;
  style: NamedValue['style'];
  end: () => number;
}

function valueAt(text: string, at: number, behind: Behind): Place {
  const opening = OPENINGS.includes(text[at] ?? ' ')
    ? (/^(?:\\*["'`]|[|>][+-]?[ \t]*\r?\n[ \t]+)/.exec(text.slice(at, at + 64))?.[0] ?? '')
    : '';
  const quote = /["'`]$/.exec(opening)?.[0];
  const from = at + opening.length;
  const place = (to: number, style: NamedValue['style'], end = () => to): Place => ({ from, to, judged: text.slice(from, to), style, end });
  if (behind.element) {
    const to = endOf(text, at, /[^<\r\n]{0,256}/y);
    return {
      ...place(text.startsWith('</', to) ? to : at, 'quoted'),
      from: at,
      judged: text.startsWith('</', to) ? text.slice(at, to) : '',
    };
  }
  if (quote !== undefined) {
    const to = closingQuote(text, from, quote, opening.length - 1);
    if (to !== -1) return place(to, 'quoted');
  }
  const line = behind.lineStart ? wholeLine(text, from) : -1;
  const to = line !== -1 ? line : endOf(text, from, /[^\s"'`,;&<>(){}[\]|\\]{0,256}/y);
  const lineEnds = () => to > from && /^[ \t]*(?:#.*)?(?:\\*["'])?(?:[\r\n]|\\n|$)/.test(text.slice(to, to + 64));
  const style = behind.flag ? 'flag' : behind.query ? 'query' : behind.lineStart && lineEnds() ? 'line' : 'loose';
  return place(to, style, line !== -1 ? undefined : () => endOf(text, from, /[^\s"'`,;&<>(){}[\]|\\]*/y));
}

/** A dotenv line takes every character that is no space: passwords hold commas and ampersands. -1: it is no such line. */
function wholeLine(text: string, from: number): number {
  const line = /^[^\s"'`\\]{1,256}(?=[ \t]{0,8}(?:[\r\n]|$))/.exec(text.slice(from, from + JUDGED + 10))?.[0];
  if (line === undefined || /^[^&;|]*(?:&&|\|\||;$)/.test(line)) return -1;
  return from + line.length;
}

/** The quote that closes: the same character behind no more backslashes than the opening one had. -1: not on this line. */
function closingQuote(text: string, from: number, quote: string, backslashes: number): number {
  let run = 0;
  for (let at = from; at < Math.min(text.length, from + MAX_QUOTED); at += 1) {
    const char = text[at];
    if (char === '\n') return -1;
    if (char === quote && run <= backslashes) return at - run;
    run = char === '\\' ? run + 1 : 0;
  }
  return -1;
}
