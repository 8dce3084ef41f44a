/** Rows of one multi-row upsert: larger ones block the event loop on SQLite, smaller ones cost a round trip each. */
const ROWS = 200;

/**
 * Cuts rows into batches for a multi-row upsert, the last of each key only (PostgreSQL refuses to touch a row twice in
 * one statement) and in the order of their keys (overlapping batches of two writers then wait instead of deadlocking).
 */
export function upsertBatches<T>(rows: readonly T[], keyOf: (row: T) => string): T[][] {
  const last = new Map(rows.map((row) => [keyOf(row), row]));
  const sorted = [...last].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
  const batches: T[][] = [];
  for (let from = 0; from < sorted.length; from += ROWS) batches.push(sorted.slice(from, from + ROWS));
  return batches;
}
