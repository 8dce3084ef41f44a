import { looksRandom } from './looks-random.ts';

/** How a value stands behind its name: what tells a secret from code and prose that only mention one. */
export interface NamedValue {
  /** The whole name, such as GITHUB_TOKEN, x-api-key, db.password. */
  name: string;
  value: string;
  /** `quoted` in quotes or an element, `line` as the whole of a `NAME=value` line, `query` in an address, `flag` behind --name. */
  style: 'quoted' | 'line' | 'query' | 'flag' | 'loose';
  separator: '=' | ':';
}

const MIN_LENGTH = 4;
const CERTAIN_LENGTH = 16;
/** Not secrets although they are called tokens: where a list goes on, and what a compiler reads. */
const HARMLESS_NAME =
  /(?:page|next|continuation|continue|cursor|sync|resume|scroll|public|cancellation|cancel|syntax|stop|pad|eos|bos|mask)[_-]?(?:page[_-]?)?token$|public[_-]?key$/i;
const WORD_FOR_NOTHING =
  /^(?:null|none|nil|true|false|yes|no|undefined|string|str|number|int|bool|boolean|bytes|any|unknown|object|void|never|required|optional|missing|invalid|expired|valid|empty|unset|hidden|redacted|masked|disabled|enabled|default|text|input|secretstr|option|self|this|field|value|example|placeholder|bearer|basic)[!?.:]?$/i;
const REFERENCE =
  /^(?:\$|%[A-Za-z_]|<|\{|\[|\*|•|x{4,}$|\.{3}|…|@|#\{|!|&|env[.:(]|vault:|secrets?[.:/]|process\.|os\.|import\.|config\.|req\.|this\.|self\.|ref\+|arn:|https?:|-----BEGIN)/i;
const CODE = /^[A-Za-z_$][\w$]*(?:(?:\.|\?\.|::)[A-Za-z_$][\w$]*)+$/;
const PATH = /^(?:~|\.{1,2})?\/|^[A-Za-z]:[\\/]/;
const WORDS = /^[A-Za-z]+(?:[ _.-][A-Za-z]+)*$/;

/** `DB_PASS`, `dbPass`, `pass`: also an English word, and what tests do. */
const PASS = /(?:^|[^A-Za-z0-9])pass(?![a-z])|[a-z]Pass(?![a-z])/i;
const PASS_ALONE = /^pass$/i;
const COUNT = /^[\d.,/]{1,11}(?:%|[a-z]{1,2})?$/i;
const NAME_OF_TEST = /^[A-Za-z]+(?:[ _./-][A-Za-z0-9]+)*$|[/\\]/;

/** The type of a secret, told by its name alone. */
export function typeOfName(name: string): string {
  if (/aws.*secret|secret[_-]?access[_-]?key/i.test(name)) return 'AWS_SECRET';
  if (/passw|pwd|passphrase|passcode/i.test(name) || PASS.test(name)) return 'PASSWORD';
  if (/api[_-]?(?:secret[_-]?)?key|^(?:[?&])?key$/i.test(name)) return 'API_KEY';
  if (/token|authorization|_auth$|^auth$/i.test(name)) return 'TOKEN';
  return 'SECRET';
}

/** Whether the value is the secret that its name promises, and not a type, a placeholder, a reference, a path or code. */
export function isSecretValue({ name, value, style, separator }: NamedValue): boolean {
  if (value.length < MIN_LENGTH || HARMLESS_NAME.test(name) || WORD_FOR_NOTHING.test(value) || REFERENCE.test(value)) return false;
  if (PASS.test(name) && (COUNT.test(value) || (PASS_ALONE.test(name) && isNoPass(value, style)))) return false;
  if (PATH.test(value) && !looksRandom(value)) return false;
  const bare = name.replace(/^.*[_.-]/, '').toLowerCase();
  if (value.toLowerCase() === bare || value.toLowerCase() === name.toLowerCase()) return false;
  const constant = /^[A-Z][A-Z0-9_]*$/.test(name) && (name.length > 3 || style === 'line');
  if (constant && (style === 'line' || (separator === '=' && !CODE.test(value)))) return true;
  if (style === 'query' || style === 'flag')
    return !CODE.test(value) && (/[0-9]/.test(value) || value.length >= 8 || typeOfName(name) === 'PASSWORD');
  if (/\s/.test(value)) return /phrase/i.test(name) && style === 'quoted';
  if (style === 'line' && separator === '=') return true;
  if (/[0-9]/.test(value) && /[A-Za-z]/.test(value)) return style === 'quoted' || !CODE.test(value);
  const password = typeOfName(name) === 'PASSWORD';
  if (style === 'quoted') {
    if (password || /[^A-Za-z_.-]/.test(value)) return true;
    return typeOfName(name) === 'API_KEY' ? value.length >= 8 : value.length >= CERTAIN_LENGTH || !WORDS.test(value);
  }
  if (CODE.test(value)) return false;
  if (style === 'line') return password ? value.length >= 6 : !WORDS.test(value) || value.length >= CERTAIN_LENGTH;
  // In the middle of a line only what no word of a sentence or of code looks like.
  return /[0-9]/.test(value) ? value.length >= 8 : /[^\w$.]/.test(value) && !WORDS.test(value) && value.length >= 8;
}

/** Behind a bare `pass`, what may as well be the name of a test, or a word. */
function isNoPass(value: string, style: NamedValue['style']): boolean {
  return style === 'query' || style === 'flag'
    ? /^[A-Za-z]{1,7}$/.test(value)
    : NAME_OF_TEST.test(value) && !/^(?=.*\d)[A-Za-z\d]{6,}$/.test(value);
}
