/** Control characters (a terminal obeys them), and those that turn text round or hide in it. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]+/gu;

/** Text from an agent as one line that a terminal only shows. */
export function plainText(text: string): string {
  return text.replace(UNSEEN, ' ').trim();
}

/** The same of a text of several lines, whose indents stay. */
export function plainLines(text: string): string {
  return text
    .split('\n')
    .map((line) => line.replace(UNSEEN, ' '))
    .join('\n');
}

/** One line, cut to so many characters. */
export function shortText(text: string, max: number): string {
  const plain = [...plainText(text)];
  return plain.length <= max ? plain.join('') : `${plain.slice(0, max - 1).join('')}…`;
}

/** JSON that a terminal only shows: what it might obey is escaped. */
export function plainJson(value: unknown): string {
  return JSON.stringify(value, null, 2).replace(/(?!\n)[\p{Cc}\p{Cf}\u2028\u2029]/gu, (found) =>
    Array.from({ length: found.length }, (_, at) => `\\u${found.charCodeAt(at).toString(16).padStart(4, '0')}`).join(''),
  );
}
