interface Kept {
  id: string;
}

export interface SteadyList<T> {
  rows: readonly T[];
  /** How many are new and wait until the list may move. */
  waiting: number;
}

interface Rules<T> {
  /** The list must stand still: a person points at it, or has the keyboard in it. */
  held: boolean;
  /** The row that is open beside the list: it stays, whatever the list is of. */
  open: string | null;
  /** A row in its place, with what is new of it; `fresh` is null when it has left the newest list. */
  renew: (row: T, fresh: T | null) => T;
}

/**
 * The list to show: the newest one, or, while it is held, the one that is shown already, in its order; what is new then
 * waits, except at the end, where nothing moves for it.
 */
export function steadyList<T extends Kept>(shown: readonly T[], newest: readonly T[], { held, open, renew }: Rules<T>): SteadyList<T> {
  const fresh = new Map(newest.map((row) => [row.id, row]));
  if (!held) {
    const at = open === null || fresh.has(open) ? -1 : shown.findIndex((row) => row.id === open);
    const stays = shown[at];
    if (stays === undefined) return { rows: newest, waiting: 0 };
    return { rows: [...newest.slice(0, at), renew(stays, null), ...newest.slice(at)], waiting: 0 };
  }
  const known = new Set(shown.map((row) => row.id));
  const lastKnown = newest.findLastIndex((row) => known.has(row.id));
  const rows = [...shown.map((row) => renew(row, fresh.get(row.id) ?? null)), ...newest.slice(lastKnown + 1)];
  return { rows, waiting: newest.slice(0, lastKnown + 1).filter((row) => !known.has(row.id)).length };
}
