import { join } from 'node:path';
import { expect, test } from 'vitest';
import { eventsAfter, newestSeq } from './ledger.ts';
import type { StoreOptions } from './open-store.ts';
import { startChild } from './test-children.ts';
import { eachEngine } from './test-engines.ts';

/** What a person types, on the store at `place`, from `folder`. */
function command(place: StoreOptions, folder: string, ...args: string[]) {
  return startChild(new URL('../backup-main.ts', import.meta.url), args, {
    CANVAS_DATA_DIR: place.dataDir,
    DATABASE_URL: place.databaseUrl ?? '',
    INIT_CWD: folder,
  }).ended;
}

eachEngine('the backup command', (engine) => {
  test('copies one moment of a store that another process writes to, and refuses to restore over that one', {
    timeout: 120_000,
  }, async () => {
    const place = await engine.place();
    const folder = engine.folder();
    const writer = startChild(new URL('./test-process.ts', import.meta.url), ['write', JSON.stringify(place), '1000000']);
    writer.go();
    const begun = new Promise((resolve) => writer.lines.on('line', (line) => line === '3' && resolve(line)));
    await begun;
    const backup = await command(place, folder, 'backup', 'while-running');
    expect(backup).toEqual({
      code: 0,
      out: expect.stringMatching(/^Backed up [\d,]+ rows of 30 tables in [\d.]+ s to .*while-running\n$/),
      err: '',
    });
    const refused = await command(place, folder, 'restore', 'while-running', '--replace');
    expect(refused).toEqual({ code: 1, out: '', err: expect.stringMatching(/^Canvas is running on .* Stop it, then restore\.\n$/) });
    writer.child.kill('SIGKILL');
    await writer.ended;
    const full = await command(place, folder, 'restore', 'while-running');
    expect(full).toMatchObject({ code: 1, err: expect.stringContaining('--replace') });
    expect(await command(place, folder, 'restore', 'while-running', '--replace')).toMatchObject({ code: 0, err: '' });
    const store = await engine.open(place);
    const events = await eventsAfter(store.db, 0, 1_000_000);
    expect(events.length).toBeGreaterThan(0);
    expect(events.map((event) => event.seq)).toEqual(Array.from({ length: await newestSeq(store.db) }, (_, n) => n + 1));
  });

  test('says how it is used, and what is wrong in one line', { timeout: 120_000 }, async () => {
    const place = { dataDir: join(engine.folder(), 'nothing') };
    const wrong = [
      ['restore', '--replace'],
      ['backup', 'a', 'b'],
      ['copy', 'a'],
    ];
    const answers = await Promise.all(wrong.map((args) => command(place, '/', ...args)));
    expect(answers).toEqual(wrong.map(() => ({ code: 2, out: '', err: expect.stringMatching(/^Usage: npm run backup/) })));
    expect(await command(place, '/', 'backup', 'file')).toEqual({
      code: 1,
      out: '',
      err: expect.stringMatching(/^There is no store of Canvas in .*\n$/),
    });
  });
});
