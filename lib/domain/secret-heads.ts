import { SECRET_TOKENS } from './secret-tokens.ts';

/** `apiKey` in any case, without the i flag that would slow the whole pattern down and loosen the case-sensitive tokens. */
const anyCase = (text: string) => text.replace(/[a-z](?![^[]*\])/g, (letter) => `[${letter}${letter.toUpperCase()}]`);

/** Where a token may begin: behind no letter or digit, but behind an escape (`\n`, `%3D`) or a terminal's colour code. */
const BOUNDARY = '(?<=^|[^A-Za-z0-9]|\\\\[nrtbf]|\\\\u[0-9a-fA-F]{4}|%[0-9A-Fa-f]{2}|\\x1b\\[[0-9;]{0,12}m)';

const KINDS_OF_KEY = 'access|secret|private|encryption|signing|auth|master|account|shared|service|storage|webhook|client';
const KEYWORD = anyCase(
  `api[_-]?(?:secret[_-]?)?key|private[_-]?key[_-]?id|(?:${KINDS_OF_KEY})[_-]?(?:access[_-]?)?key|token|secret|passw(?:or)?d|passphrase|passcode|pass(?:(?<![A-Za-z0-9]pass)|(?<=[a-z][P]ass))|pwd|credentials?|proxy-authorization|authorization|cookie|_auth|auth(?=\\\\*["'])|(?<=[?&])key`,
);
const ENDING = anyCase(
  '(?:[_-]?(?:access[_-]?key|key|token|secret|base|value|string|prod|production|dev|test|live|staging|new|old|[0-9]{1,3})){0,2}',
);
const SEPARATOR = `\\\\{0,16}["'\`]?\\]?[ \\t]{0,8}(?:=>|:=|={1,3}|[:>]|%3[dD])[ \\t]{0,8}|[ \\t=]{1,4}`;

const TOKEN = `${BOUNDARY}(?:${SECRET_TOKENS.map(([, pattern]) => pattern).join('|')})`;

/**
 * One pattern for every place at which a secret may begin. Its groups, in order: a marker of an earlier pass; the first
 * line of a private key; a token; a scheme's `://`; `Bearer` and `Basic`; curl's user and mysql's password; a name and its
 * separator; a long run of base64. What follows is judged, and its end found, by the code behind each group.
 */
export const HEAD = new RegExp(
  [
    '(\\[REDACTED:[A-Z0-9_]{1,40}\\])',
    '(-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----)',
    `(${TOKEN})`,
    '(:\\/\\/)(?=[^\\s/?#"\'`<>\\\\]{1,512}@)',
    `(?<![A-Za-z0-9_])(${anyCase('bearer|basic')}[ \\t]{1,4})(?=[A-Za-z0-9])`,
    `(?<=[ \\t"'])((?:-u|--user)[ =]?["']?[A-Za-z0-9_.@-]{1,64}:|-p["']?(?=[^\\s"'-]))`,
    `((?:${KEYWORD})${ENDING}(?:${SEPARATOR}))`,
    '(?<![A-Za-z0-9+/_-])([A-Za-z0-9+/_-]{40,}={0,2})',
  ].join('|'),
  'g',
);

/** The tokens again, one group each, at the very beginning of a text: which of them it is, is asked only of what was found. */
const TOKEN_HERE = new RegExp(SECRET_TOKENS.map(([, pattern]) => `(${pattern})`).join('|'), 'y');

/** The type of the token that a text begins with; null when it begins with none. */
export function tokenType(text: string): string | null {
  TOKEN_HERE.lastIndex = 0;
  const match = TOKEN_HERE.exec(text);
  return match === null ? null : (SECRET_TOKENS[match.findIndex((group, at) => at > 0 && group !== undefined) - 1]?.[0] ?? null);
}

/** Where in a text a token begins; -1: nowhere. */
export function tokenAt(text: string): number {
  return text.search(ANY_TOKEN);
}

const ANY_TOKEN = new RegExp(TOKEN);
const SECRET_NAME = new RegExp(`(?:(?:${KEYWORD})${ENDING}|^auth)$`);

/** Whether a name, such as the key of an object, promises a secret. */
export function nameIsSecret(name: string): boolean {
  return name.length <= 256 && SECRET_NAME.test(name);
}
