import { join } from 'node:path';
import Libsql from 'libsql';

const AWAY_MS = 60 * 60_000;

/** What lies in the store while no platform runs. */
export interface SleepingStore {
  /** Workspace id → `running` or `stopped`: what an operator wants of those that were provisioned. */
  desired: Map<string, string>;
}

/**
 * Looks into the store of a platform that was killed, and makes it seem to have been away for an hour: every beat is
 * that much older. Whoever calls a workspace offline for that is wrong.
 */
export function ageStore(dataDir: string): SleepingStore {
  const database = new Libsql(join(dataDir, 'canvas.db'));
  try {
    const verdict = database.prepare('PRAGMA integrity_check').get() as { integrity_check: string };
    if (verdict.integrity_check !== 'ok') throw new Error(`the store is damaged: ${verdict.integrity_check}`);
    for (const field of ['last_beat_at', 'last_full_beat_at', 'last_progress_at', 'since']) {
      database
        .prepare(
          `UPDATE workspace_facts SET facts = json_set(facts, '$.${field}', json_extract(facts, '$.${field}') - ?) WHERE json_extract(facts, '$.${field}') IS NOT NULL`,
        )
        .run(AWAY_MS);
    }
    const rows = database.prepare("SELECT id, desired FROM workspaces WHERE provisioner = 'process' AND removed_at IS NULL").all() as {
      id: string;
      desired: string;
    }[];
    return { desired: new Map(rows.map(({ id, desired }) => [id, desired])) };
  } finally {
    database.close();
  }
}
