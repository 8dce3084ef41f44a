import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, test } from 'vitest';
import { openStore, type StoreOptions } from './open-store.ts';
import type { Engine, Store } from './store.ts';
import { postgresPrograms, startPostgres, type TestPostgres } from './test-postgres.ts';

/** Test support: one engine with what a suite needs of it. Whatever it hands out is closed and removed after the test. */
export interface TestEngine {
  name: Engine;
  /** Where a new, empty store may be opened. */
  place(): Promise<StoreOptions>;
  /** Opens a store: at `place`, or at a new one. */
  open(place?: StoreOptions): Promise<Store>;
  /** A temporary folder. */
  folder(): string;
  /** PostgreSQL only: ends the connections to the database at `place`. */
  cutConnections(place: StoreOptions): Promise<void>;
}

/** One server for a test file, started by the first suite that needs it. */
let started: Promise<TestPostgres> | null = null;

afterAll(async () => {
  await (await started)?.stop();
});

/** Runs `suite` on SQLite and on a real, private PostgreSQL server. Where that is not installed, it says so; with CI=true that is a failure. */
export function eachEngine(title: string, suite: (engine: TestEngine) => void): void {
  describe(`${title} on sqlite`, () => suite(testEngine('sqlite', null)));
  const programs = postgresPrograms();
  if (programs) {
    describe(`${title} on postgres`, () => suite(testEngine('postgres', programs)));
    return;
  }
  const why = `NOT RUN: PostgreSQL: "${title}" ran on SQLite only, because initdb and postgres are neither in PATH nor in /usr/lib/postgresql`;
  console.warn(why);
  if (process.env['CI'] === 'true') {
    test(`${title} on postgres`, () => {
      throw new Error(`${why}. Install PostgreSQL on the build machine.`);
    });
  }
}

function testEngine(name: Engine, programs: string | null): TestEngine {
  const folders: string[] = [];
  const stores: Store[] = [];
  const server = async () => {
    if (programs) started ??= startPostgres(programs);
    return programs ? started : null;
  };
  beforeAll(async () => {
    await server();
  });
  afterEach(async () => {
    await Promise.all(stores.splice(0).map((store) => store.close()));
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
  });
  const folder = () => {
    const made = mkdtempSync(join(tmpdir(), 'canvas-store-'));
    folders.push(made);
    return made;
  };
  const place = async (): Promise<StoreOptions> => {
    const databaseUrl = await (await server())?.freshDatabase();
    return { dataDir: folder(), ...(databaseUrl === undefined ? {} : { databaseUrl }) };
  };
  return {
    name,
    place,
    folder,
    async open(at) {
      const store = await openStore(at ?? (await place()));
      stores.push(store);
      return store;
    },
    async cutConnections(at) {
      await (await server())?.cutConnections(at.databaseUrl ?? '');
    },
  };
}
