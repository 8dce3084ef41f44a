import { sql } from 'kysely';
import type { Store } from './store.ts';

/** Test support: lets a SQLite store grow by so many pages and no more, as a disk with that much room would. */
export async function limitDisk(store: Store, morePages: number): Promise<void> {
  const { rows } = await sql<{ page_count: number }>`pragma page_count`.execute(store.db);
  await sql`pragma max_page_count = ${sql.lit((rows[0]?.page_count ?? 0) + morePages)}`.execute(store.db);
}
