import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import pg from 'pg';

/** Test support: a private PostgreSQL server in a temporary folder, reached by a Unix socket only. */
export interface TestPostgres {
  /** The address of a new, empty database. */
  freshDatabase(): Promise<string>;
  /** Ends every connection to that database, as a restart of the server would. */
  cutConnections(url: string): Promise<void>;
  stop(): Promise<void>;
}

/** Ends the server and removes its folder when the input closes: when it is told to, or when the test process is killed. */
const WATCHED = 'dir=$1; shift; "$@" & cat > /dev/null; kill -INT $!; wait $!; rm -rf "$dir"';
const DEBIAN = '/usr/lib/postgresql';

/** The folder with the server's programs; null when PostgreSQL is not installed. */
export function postgresPrograms(): string | null {
  const debian = existsSync(DEBIAN) ? readdirSync(DEBIAN).map((version) => join(DEBIAN, version, 'bin')) : [];
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), ...debian.reverse()];
  return folders.find((folder) => existsSync(join(folder, 'initdb')) && existsSync(join(folder, 'postgres'))) ?? null;
}

export async function startPostgres(programs: string): Promise<TestPostgres> {
  const dir = mkdtempSync(join(tmpdir(), 'canvas-pg-'));
  const owner = ownerOfServer();
  if (owner) chownSync(dir, owner.uid, owner.gid);
  const data = join(dir, 'data');
  const as = { ...owner, cwd: dir, env: { ...process.env, LC_ALL: 'C' } };
  execFileSync(join(programs, 'initdb'), ['-D', data, '-U', 'canvas', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'], {
    ...as,
    stdio: 'pipe',
  });
  const settings = ['listen_addresses=', `unix_socket_directories=${dir}`, 'fsync=off', 'max_connections=120', 'deadlock_timeout=100ms'];
  const server = spawn(
    'sh',
    ['-c', WATCHED, 'sh', dir, join(programs, 'postgres'), '-D', data, ...settings.flatMap((setting) => ['-c', setting])],
    {
      ...as,
      stdio: ['pipe', 'ignore', 'pipe'],
    },
  );
  await untilReady(server);
  const urlOf = (name: string) => `postgres://canvas@localhost/${name}?host=${encodeURIComponent(dir)}`;
  let made = 0;
  const administer = async (statement: string) => {
    const client = new pg.Client({ connectionString: urlOf('postgres') });
    await client.connect();
    await client.query(statement);
    await client.end();
  };
  return {
    async freshDatabase() {
      made += 1;
      await administer(`create database test_${made}`);
      return urlOf(`test_${made}`);
    },
    cutConnections: (url) =>
      administer(`select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = '${new URL(url).pathname.slice(1)}'`),
    async stop() {
      server.stdin?.end();
      if (server.exitCode === null && server.signalCode === null) await once(server, 'exit');
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** PostgreSQL refuses to run as root; then it runs as the user that its package made, or as nobody. */
function ownerOfServer(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  for (const user of ['postgres', 'nobody']) {
    try {
      const ask = (flag: string) => Number(execFileSync('id', [flag, user], { stdio: ['ignore', 'pipe', 'ignore'] }).toString());
      return { uid: ask('-u'), gid: ask('-g') };
    } catch {
      // This user does not exist here; the next may.
    }
  }
  throw new Error('PostgreSQL does not run as root, and there is neither a user postgres nor nobody to run it as');
}

async function untilReady(server: ChildProcess): Promise<void> {
  let said = '';
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.once('exit', () => reject(new Error(`the test server of PostgreSQL ended: ${said}`)));
    server.stderr?.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      if (said.includes('ready to accept connections')) resolve();
      if (said.includes('FATAL:')) reject(new Error(`the test server of PostgreSQL did not start: ${said}`));
    });
  });
}
