import type Libsql from 'libsql';

const ROWS = 200;

type Cell = string | number | null;

/** Writes `count` rows with multi-row statements, straight into the file. Every row has the columns of the first. */
export function insertRows(database: Libsql.Database, table: string, count: number, rowOf: (n: number) => Record<string, Cell>): void {
  if (count === 0) return;
  const columns = Object.keys(rowOf(0));
  const tuple = `(${columns.map(() => '?').join(',')})`;
  const sql = (rows: number) => `INSERT INTO ${table} (${columns.join(',')}) VALUES ${Array(rows).fill(tuple).join(',')}`;
  const whole = database.prepare(sql(Math.min(ROWS, count)));
  database.exec('BEGIN');
  for (let from = 0; from < count; from += ROWS) {
    const rows = Math.min(ROWS, count - from);
    const cells = Array.from({ length: rows }, (_, n) => Object.values(rowOf(from + n))).flat();
    (rows === Math.min(ROWS, count) ? whole : database.prepare(sql(rows))).run(cells);
  }
  database.exec('COMMIT');
}
