import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Libsql from 'libsql';
import type { Heartbeat } from '#lib/contract/heartbeat.ts';
import { temporaryFolder } from './at-exit.ts';
import { type ChildServer, startServer } from './child-server.ts';
import { insertRows } from './insert-rows.ts';
import { postBytes } from './raw-connection.ts';

/** The built programs: this file is bundled into the same folder. */
export const DIST = dirname(fileURLToPath(import.meta.url));

export interface BenchWorkspace {
  id: string;
  name: string;
  token: string;
  bootId: string;
}

export interface BenchFleet {
  platform: ChildServer;
  dataDir: string;
  workspaces: BenchWorkspace[];
  /** Ends the platform and removes its data. */
  close(): Promise<void>;
  /** The data alone, when the platform has ended. */
  removeData(): void;
}

export interface FleetOptions {
  workspaces: number;
  /** Puts more into the store before the platform starts. */
  fill?: (database: Libsql.Database, workspaces: readonly BenchWorkspace[]) => void;
}

/** A platform on a store of its own that already knows `workspaces` with their tokens. */
export async function startFleet({ workspaces: count, fill }: FleetOptions): Promise<BenchFleet> {
  const { path: dataDir, remove: removeData } = temporaryFolder('canvas-bench');
  const workspaces = Array.from({ length: count }, (_, n) => newWorkspace(n));
  try {
    // Its first start makes the schema; what is in the tables then is the store's own business no longer.
    await (await startPlatform(dataDir)).stop();
    const database = new Libsql(join(dataDir, 'canvas.db'));
    try {
      insertWorkspaces(database, workspaces);
      fill?.(database, workspaces);
      database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    } finally {
      database.close();
    }
    const platform = await startPlatform(dataDir);
    const close = async () => {
      await platform.stop();
      removeData();
    };
    return { platform, dataDir, workspaces, close, removeData };
  } catch (error) {
    removeData();
    throw error;
  }
}

/** With BENCH_PROFILE in the environment, V8 writes a profile of every platform into that folder when it ends. */
export function startPlatform(dataDir: string): Promise<ChildServer> {
  const profile = process.env['BENCH_PROFILE'];
  return startServer({
    args: [...(profile ? ['--cpu-prof', `--cpu-prof-dir=${profile}`] : []), join(DIST, 'main.js')],
    env: {
      NODE_ENV: 'production',
      PORT: '0',
      HOST: '127.0.0.1',
      CANVAS_DATA_DIR: dataDir,
      CANVAS_LOG_LEVEL: 'warn',
      CANVAS_DEMO: '0',
      // Agents of a measure listen on this machine, also when the bench itself runs in a container.
      CANVAS_IN_CONTAINER: '0',
      DATABASE_URL: '',
      REDIS_URL: '',
    },
  });
}

function newWorkspace(n: number): BenchWorkspace {
  return {
    id: randomUUID(),
    name: `bench-${String(n).padStart(5, '0')}`,
    token: randomBytes(32).toString('base64url'),
    bootId: randomUUID(),
  };
}

function insertWorkspaces(database: Libsql.Database, workspaces: readonly BenchWorkspace[]): void {
  const at = Date.now();
  insertRows(database, 'workspaces', workspaces.length, (n) => {
    const { id, name } = workspaces[n] as BenchWorkspace;
    return {
      id,
      name,
      provisioner: 'none',
      delivery_mode: 'poll',
      labels: '{}',
      config: '{}',
      inbound_secret: 's'.repeat(43),
      desired: 'running',
      created_at: at,
      updated_at: at,
    };
  });
  insertRows(database, 'tokens', workspaces.length, (n) => {
    const { id, token } = workspaces[n] as BenchWorkspace;
    return {
      id: randomUUID(),
      workspace_id: id,
      hash: createHash('sha256').update(token).digest('hex'),
      prefix: token.slice(0, 8),
      created_at: at,
    };
  });
}

/** A full beat as our runtime sends it: some 400 bytes. */
export function beatOf(workspace: BenchWorkspace, more: Partial<Heartbeat> = {}): Heartbeat {
  return {
    workspace_id: workspace.id,
    error_rate: 0,
    sample_error: '',
    active_tasks: 1,
    current_task: 'Answering a question about the index of the documents',
    uptime_seconds: 86_400,
    runtime_state: '',
    runtime_metadata: { capabilities: { session: true, push: false, streaming: true } },
    boot_id: workspace.bootId,
    interval_seconds: 30,
    requests: 12,
    ...more,
  };
}

export function beatBytes(workspace: BenchWorkspace, more: Partial<Heartbeat> = {}): Buffer {
  return postBytes('/registry/heartbeat', workspace.token, beatOf(workspace, more));
}
