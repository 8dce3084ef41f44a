import { resolve } from 'node:path';
import { CanvasError } from '#lib/contract/errors.ts';
import { readEnv } from '#lib/env.ts';
import { backupStore } from '#lib/store/backup.ts';
import { restoreStore } from '#lib/store/restore.ts';

const USAGE = `Usage: npm run backup -- FILE
       npm run restore -- FILE [--replace]

Copies the whole store of Canvas into FILE while it runs, or puts it back while it is stopped. The store is the one that
CANVAS_DATA_DIR or DATABASE_URL names. A backup restores into SQLite and PostgreSQL alike. It holds secrets: keep it safe.`;

async function main(): Promise<number> {
  const [job, ...rest] = process.argv.slice(2);
  const replace = rest.includes('--replace');
  const [name, ...surplus] = rest.filter((argument) => argument !== '--replace');
  if (
    (job !== 'backup' && job !== 'restore') ||
    name === undefined ||
    name.startsWith('-') ||
    surplus.length > 0 ||
    (replace && job === 'backup')
  ) {
    console.error(USAGE);
    return 2;
  }
  const { dataDir, databaseUrl, all } = readEnv();
  // npm runs scripts in the folder of the project; the file was named from where the person stands.
  const file = resolve(all['INIT_CWD'] ?? '.', name);
  const begun = Date.now();
  const options = { dataDir, databaseUrl, file };
  const { tables, rows } = await (job === 'backup' ? backupStore(options) : restoreStore({ ...options, replace }));
  const what = `${rows.toLocaleString('en')} rows of ${tables} tables in ${((Date.now() - begun) / 1000).toFixed(1)} s`;
  console.log(job === 'backup' ? `Backed up ${what} to ${file}` : `Restored ${what} from ${file}`);
  return 0;
}

try {
  process.exitCode = await main();
} catch (thrown) {
  console.error(
    thrown instanceof CanvasError || (thrown instanceof Error && thrown.message.startsWith('The environment')) ? thrown.message : thrown,
  );
  process.exitCode = 1;
}
