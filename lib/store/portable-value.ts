import type { Engine } from './store.ts';
import type { ColumnKind } from './table-shape.ts';

/** A column's value as JSON: dates and bytes are wrapped, so that they are told from text; parsed JSON too. */
export function toPortable(value: unknown): unknown {
  if (value instanceof Date) return { date: value.toISOString() };
  if (value instanceof Uint8Array) return { bytes: Buffer.from(value).toString('base64') };
  if (typeof value === 'bigint') return Number(value);
  if (typeof value === 'object' && value !== null) return { json: value };
  return value;
}

/** The value as the column of this engine takes it: SQLite has no booleans and dates, PostgreSQL insists on them. */
export function fromPortable(value: unknown, kind: ColumnKind, engine: Engine): unknown {
  if (typeof value === 'number' && kind === 'boolean' && engine === 'postgres') return value !== 0;
  if (typeof value === 'boolean' && (engine === 'sqlite' || kind === 'integer')) return value ? 1 : 0;
  if (typeof value !== 'object' || value === null) return value;
  const wrapped = value as { date?: string; bytes?: string; json?: unknown };
  if (wrapped.bytes !== undefined) return Buffer.from(wrapped.bytes, 'base64');
  return wrapped.date ?? JSON.stringify(wrapped.json);
}
