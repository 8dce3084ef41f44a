import type { z } from 'zod';
import { CanvasError } from '#lib/contract/errors.ts';
import type { EventActor, LedgerEvent, NewEvent } from '#lib/contract/events.ts';
import { jsonBytes } from '#lib/contract/json-bytes.ts';
import { MAX_SNAPSHOT_BYTES, readableSnapshotSchema, SNAPSHOT_SCHEMA, type Snapshot } from '#lib/contract/snapshot.ts';
import type { SnapshotDetail, SnapshotRow } from '#lib/contract/snapshots.ts';
import { cleanSnapshot } from '#lib/domain/clean-snapshot.ts';
import { scrub } from '#lib/domain/scrub.ts';
import { insertAudit } from '#lib/store/audit.ts';
import { type Db, inTransaction } from '#lib/store/in-transaction.ts';
import { appendEvents } from '#lib/store/ledger.ts';
import { newId } from '#lib/store/new-id.ts';
import { insertSnapshot, snapshotById, snapshotsInUse } from '#lib/store/snapshots.ts';
import type { Deps } from './deps.ts';

const MAX_ISSUES = 5;
/** How much of a task or a session's name a list shows, in UTF-16 units. */
const MAX_LISTED = 2000;
const MAX_SESSION = 256;
/** The latest time that a Date can hold. */
const END_OF_TIME = 8.64e15;

export interface GivenSnapshot {
  workspaceId: string;
  /** As it came: of either shape, with secrets or without. */
  snapshot: unknown;
  /** The drain it was taken in; null: none. */
  runId: string | null;
  origin: SnapshotRow['origin'];
}

/**
 * Keeps a snapshot that the platform itself fetched or was handed, in a transaction of its own: it must not be called from
 * within another one, nor from work that is `oneAtATime`. Rejects with what `readSnapshot` throws, or what the store says.
 */
export async function keepSnapshot(deps: Deps, given: GivenSnapshot & { actor: EventActor }): Promise<SnapshotRow> {
  const { actor, ...rest } = given;
  return deps.oneAtATime(async () => {
    const now = deps.now();
    deps.fleet.get(given.workspaceId);
    const detail = snapshotDetail(rest, now);
    const events = await inTransaction(deps.store, async (tx): Promise<LedgerEvent[]> => {
      await saveSnapshot(tx, detail);
      const audit = { workspace_id: detail.workspace_id, detail: savedFacts(detail) };
      await insertAudit(tx, { at: now, verb: 'keepSnapshot', actor, ...audit });
      return appendEvents(tx, [savedEvent(detail, actor)]);
    });
    deps.feed.publish(events);
    const row = rowOfDetail(detail);
    deps.runs.snapshotArrived(row.workspace_id, row);
    return row;
  });
}

/** One kept snapshot with its body. Rejects with `not_found`. */
export async function storedSnapshot(deps: Deps, id: string): Promise<SnapshotDetail> {
  const found = await snapshotById(deps.store.db, id);
  if (found) return found;
  throw new CanvasError('not_found', `There is no snapshot ${id.slice(0, 64)}. Only the newest ones of a workspace are kept.`);
}

/** Stores it, and forgets the oldest of its workspace that no run under way needs. */
export async function saveSnapshot(tx: Db, detail: SnapshotDetail): Promise<void> {
  await insertSnapshot(tx, detail, await snapshotsInUse(tx, detail.workspace_id));
}

/** What the ledger learns of it; the snapshot itself is never in there. */
export function savedEvent(row: SnapshotRow, actor: EventActor): NewEvent {
  const { workspace_id, received_at: at } = row;
  return { type: 'snapshot.saved', workspace_id, actor, at, data: { snapshot_id: row.id, run_id: row.run_id, bytes: row.bytes } };
}

/** What the audit learns of it. */
export function savedFacts({ id, run_id, origin, bytes, redactions }: SnapshotRow): Record<string, unknown> {
  return { snapshot_id: id, run_id, origin, bytes, redactions };
}

/** What a list shows of it. */
export function rowOfDetail({ snapshot: _body, ...row }: SnapshotDetail): SnapshotRow {
  return row;
}

/** Reads, cleans and counts a snapshot that came in. Throws what `readSnapshot` throws. */
export function snapshotDetail({ workspaceId, snapshot: raw, runId, origin }: GivenSnapshot, now: number): SnapshotDetail {
  const { snapshot, bytes } = readSnapshot(raw, workspaceId);
  return {
    id: newId(),
    workspace_id: workspaceId,
    taken_at: Math.round(Math.min(Math.max(snapshot.timestamp, 0), END_OF_TIME)),
    received_at: now,
    boot_id: snapshot.boot_id,
    run_id: runId,
    origin,
    bytes,
    current_task: snapshot.current_task.slice(0, MAX_LISTED),
    session_id: snapshot.session_id?.slice(0, MAX_SESSION) ?? null,
    transcript_lines: snapshot.transcript_lines.length,
    completed_messages: snapshot.completed_message_ids.length,
    unfinished: snapshot.unfinished.length,
    redactions: snapshot.redactions,
    dropped_sandbox: snapshot.dropped_sandbox,
    snapshot,
  };
}

/**
 * The snapshot in what came, without secrets. Throws: `bad_request` naming the schema or the field that is wrong, or when
 * it cannot be scrubbed (then it is neither kept nor shown); `forbidden` for one of another workspace; `too_large`.
 */
export function readSnapshot(raw: unknown, workspaceId: string): { snapshot: Snapshot; bytes: number } {
  const schema = (raw as { schema?: unknown } | null)?.schema;
  if (schema !== undefined && schema !== SNAPSHOT_SCHEMA) {
    const named = typeof schema === 'number' || typeof schema === 'string' ? scrub(String(schema).slice(0, 40)).value : typeof schema;
    throw new CanvasError('bad_request', `The snapshot is of schema ${named}, and this Canvas reads schema ${SNAPSHOT_SCHEMA}.`);
  }
  const parsed = readableSnapshotSchema.safeParse(raw);
  if (!parsed.success) throw wrongFields(raw, parsed.error);
  if (parsed.data.workspace_id !== workspaceId)
    throw new CanvasError('forbidden', `The snapshot names another workspace than ${workspaceId}.`);
  try {
    const bytes = jsonBytes(parsed.data);
    if (bytes > MAX_SNAPSHOT_BYTES)
      throw new CanvasError(
        'too_large',
        `The snapshot takes ${bytes} bytes, and at most ${MAX_SNAPSHOT_BYTES} are kept: leave the oldest lines out.`,
      );
    return cleanSnapshot(parsed.data);
  } catch (thrown) {
    if (thrown instanceof CanvasError) throw thrown;
    // Its message may quote what was read, secrets and all.
    throw new CanvasError(
      'bad_request',
      'The snapshot could not be looked through for secrets, so it is not kept. Does it nest too deeply?',
    );
  }
}

function wrongFields(raw: unknown, error: z.ZodError): CanvasError {
  const union = error.issues[0];
  const options = union?.code === 'invalid_union' ? union.errors : [];
  const isOfToday = typeof raw === 'object' && raw !== null && ('transcript_lines' in raw || 'redactions' in raw);
  const issues = (options[isOfToday ? 0 : 1] ?? options[0] ?? error.issues).slice(0, MAX_ISSUES);
  const said = issues.map(({ path, message }) => {
    // The names in there are free, and so may be secrets.
    const field = path[0] === 'redactions' ? 'redactions' : path.join('.');
    return field === '' ? message : `${field}: ${message}`;
  });
  return new CanvasError('bad_request', `The snapshot was refused: ${said.join('; ')}.`, { issues: said });
}
