/** Text of a sort key kept in a cursor, in UTF-16 units: with any id it stays under the 400 characters that a cursor may have. */
const MAX_TEXT = 48;

/** Where a page ended: the sort key and id of its last item. */
export interface Position {
  /** Numeric part of the sort key; null sorts last in both directions. */
  rank: number | null;
  text: string;
  id: string;
}

/** Opaque to clients. `sort` is bound in: a cursor of one order means nothing in another. */
export function encodeCursor(sort: string, { rank, text, id }: Position): string {
  const json = JSON.stringify([sort, rank, text.slice(0, MAX_TEXT).replace(/[\ud800-\udbff]$/, ''), id]);
  let binary = '';
  for (const byte of new TextEncoder().encode(json)) binary += String.fromCharCode(byte);
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

/** Whether the text of a decoded position may be only the beginning of the item's own. */
export function isCut(position: Position): boolean {
  return position.text.length >= MAX_TEXT - 1;
}

/** Null for anything that `encodeCursor` did not make for this `sort`. A `text` of a long name comes back cut. */
export function decodeCursor(sort: string, cursor: string): Position | null {
  try {
    const binary = atob(cursor.replaceAll('-', '+').replaceAll('_', '/'));
    const parsed: unknown = JSON.parse(
      new TextDecoder('utf-8', { fatal: true }).decode(Uint8Array.from(binary, (char) => char.charCodeAt(0))),
    );
    if (!Array.isArray(parsed) || parsed.length !== 4) return null;
    const [made, rank, text, id] = parsed as unknown[];
    if (made !== sort || typeof text !== 'string' || typeof id !== 'string') return null;
    if (rank !== null && typeof rank !== 'number') return null;
    return { rank, text, id };
  } catch {
    return null;
  }
}
