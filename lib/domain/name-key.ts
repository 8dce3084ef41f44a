const DIGITS = 12;

/**
 * A text that sorts as a person would sort the name, compared by plain `<`: case and accents weigh little, numbers count by
 * their value ("Indexer 2" before "Indexer 10"). A key instead of a collator: it is computed once per item, is the same in every
 * browser and on the server, and can travel in a cursor.
 */
export function nameKey(name: string): string {
  return name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/\d+/g, (digits) => digits.padStart(DIGITS, '0'));
}
