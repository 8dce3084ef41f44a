import type { Db } from './in-transaction.ts';

const AT_ONCE = 500;

/** Names by id, of removed workspaces too; who never was is left out. */
export async function workspaceNames(db: Db, ids: readonly string[]): Promise<Map<string, string>> {
  const names = new Map<string, string>();
  for (let from = 0; from < ids.length; from += AT_ONCE) {
    const rows = await db
      .selectFrom('workspaces')
      .select(['id', 'name'])
      .where('id', 'in', ids.slice(from, from + AT_ONCE))
      .execute();
    for (const { id, name } of rows) names.set(id, name);
  }
  return names;
}
