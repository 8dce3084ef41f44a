import { once } from 'node:events';
import { inTransaction } from './in-transaction.ts';
import { appendEvents } from './ledger.ts';
import { MIGRATIONS } from './migrations.ts';
import { openStore, type StoreOptions } from './open-store.ts';
import { anEvent } from './test-rows.ts';

/**
 * Test support: a process of its own that uses a store. Arguments: what to do, and where (`StoreOptions` as JSON).
 * - `write N`: says `ready`, waits for the end of its input (so that several can begin at one moment), opens the store,
 *   writes N events one after another and prints the number of each once it is acknowledged.
 * - `half`: begins to open a store, makes a table in a migration, says so, and waits there to be killed.
 */
const [, , job = '', place = '{}', count = '0'] = process.argv;
const options = JSON.parse(place) as StoreOptions;

if (job === 'write') {
  process.stdout.write('ready\n');
  await once(process.stdin.resume(), 'end');
  const store = await openStore(options);
  for (let n = 0; n < Number(count); n += 1) {
    const [placed] = await inTransaction(store, (tx) => appendEvents(tx, [anEvent(`from ${process.pid}`)]));
    process.stdout.write(`${placed?.seq}\n`);
  }
  await store.close();
}

if (job === 'half') {
  const half = {
    name: '002-half',
    async up(tx: Parameters<(typeof MIGRATIONS)[number]['up']>[0]) {
      await tx.schema.createTable('half').addColumn('id', 'text').execute();
      process.stdout.write('half-way\n');
      setInterval(() => {}, 60_000);
      await new Promise<never>(() => {});
    },
  };
  await openStore({ ...options, migrations: [...MIGRATIONS, half] });
}
