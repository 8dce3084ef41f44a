import { sql } from 'kysely';
import { z } from 'zod';
import type { Db } from './in-transaction.ts';
import type { Engine } from './store.ts';

const columnKindSchema = z.enum(['text', 'integer', 'real', 'boolean', 'timestamp', 'json', 'bytes']);
export type ColumnKind = z.infer<typeof columnKindSchema>;

/** A table without its engine: enough to make it again on the other one. Expressions in indexes are left out. */
export const tableShapeSchema = z.object({
  name: z.string(),
  columns: z.array(z.object({ name: z.string(), kind: columnKindSchema, nullable: z.boolean() })).min(1),
  primary_key: z.array(z.string()),
  indexes: z.array(z.object({ name: z.string(), unique: z.boolean(), columns: z.array(z.string()).min(1) })),
});
export type TableShape = z.infer<typeof tableShapeSchema>;

interface IndexColumn {
  table: string;
  index: string;
  unique: boolean | number;
  primary: boolean | number;
  column: string | null;
}

/** Every table of the database, whoever made it, by name. */
export async function tableShapes(db: Db, engine: Engine): Promise<TableShape[]> {
  const schema =
    engine === 'postgres' ? (await sql<{ name: string }>`select current_schema() as name`.execute(db)).rows[0]?.name : undefined;
  const tables = (await db.introspection.getTables()).filter((table) => !table.isView && (schema === undefined || table.schema === schema));
  const indexed = await (engine === 'postgres' ? postgresIndexes(db) : sqliteIndexes(db));
  return tables
    .map((table): TableShape => {
      const own = indexed.filter((row) => row.table === table.name);
      const names = [...new Set(own.filter((row) => !row.primary).map((row) => row.index))];
      return {
        name: table.name,
        columns: table.columns.map(({ name, dataType, isNullable }) => ({ name, kind: columnKind(dataType), nullable: isNullable })),
        primary_key: own.flatMap((row) => (row.primary && row.column !== null ? [row.column] : [])),
        indexes: names.flatMap((name) => {
          const parts = own.filter((row) => row.index === name);
          const columns = parts.flatMap((row) => row.column ?? []);
          return columns.length === parts.length ? [{ name, unique: Boolean(parts[0]?.unique), columns }] : [];
        }),
      };
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

async function sqliteIndexes(db: Db): Promise<IndexColumn[]> {
  const { rows } = await sql<IndexColumn>`
    select t.name as "table", '' as "index", 1 as "unique", 1 as "primary", c.name as "column"
      from sqlite_master t, pragma_table_info(t.name) c where t.type = 'table' and c.pk > 0
    union all
    select t.name, i.name, i."unique", 0, c.name
      from sqlite_master t, pragma_index_list(t.name) i, pragma_index_info(i.name) c
      where t.type = 'table' and i.origin <> 'pk' and i.partial = 0`.execute(db);
  return rows;
}

async function postgresIndexes(db: Db): Promise<IndexColumn[]> {
  const { rows } = await sql<IndexColumn>`
    select t.relname as "table", n.relname as "index", i.indisunique as "unique", i.indisprimary as "primary", c.attname as "column"
      from pg_index i
      join pg_class t on t.oid = i.indrelid
      join pg_class n on n.oid = i.indexrelid
      cross join lateral unnest(i.indkey::int2[]) with ordinality as k(number, place)
      left join pg_attribute c on c.attrelid = t.oid and c.attnum = k.number and k.number > 0
      where t.relnamespace = current_schema()::regnamespace and i.indpred is null
      order by t.relname, n.relname, k.place`.execute(db);
  return rows;
}

const KIND_OF_TYPE: readonly [RegExp, ColumnKind][] = [
  [/bool/, 'boolean'],
  [/int/, 'integer'],
  [/real|floa|doub|num|dec/, 'real'],
  [/date|time/, 'timestamp'],
  [/json/, 'json'],
  [/blob|bytea/, 'bytes'],
];

function columnKind(dataType: string): ColumnKind {
  return KIND_OF_TYPE.find(([type]) => type.test(dataType.toLowerCase()))?.[1] ?? 'text';
}

const TYPE_OF_KIND: Record<Engine, Record<ColumnKind, string>> = {
  sqlite: { text: 'text', integer: 'integer', real: 'real', boolean: 'integer', timestamp: 'date', json: 'text', bytes: 'blob' },
  postgres: {
    text: 'text',
    integer: 'bigint',
    real: 'double precision',
    boolean: 'boolean',
    timestamp: 'timestamptz',
    json: 'jsonb',
    bytes: 'bytea',
  },
};

export async function createTable(tx: Db, engine: Engine, shape: TableShape): Promise<void> {
  const columns = shape.columns.map(
    ({ name, kind, nullable }) => sql`${sql.ref(name)} ${sql.raw(TYPE_OF_KIND[engine][kind])} ${sql.raw(nullable ? '' : 'not null')}`,
  );
  const key = shape.primary_key.length > 0 ? [sql`primary key (${sql.join(shape.primary_key.map((column) => sql.ref(column)))})`] : [];
  await sql`create table ${sql.table(shape.name)} (${sql.join([...columns, ...key])})`.execute(tx);
  for (const { name, unique, columns: of } of shape.indexes) {
    // Names that SQLite gave to the indexes of its constraints are reserved.
    const free = name.startsWith('sqlite_') ? `${shape.name}_${of.join('_')}_unique` : name;
    await sql`create ${sql.raw(unique ? 'unique' : '')} index ${sql.ref(free)} on ${sql.table(shape.name)} (${sql.join(of.map((column) => sql.ref(column)))})`.execute(
      tx,
    );
  }
}
