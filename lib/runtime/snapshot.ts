import { rename, rm } from 'node:fs/promises';
import {
  MAX_COMPLETED_IDS,
  MAX_SNAPSHOT_BYTES,
  MAX_TRANSCRIPT_LINES,
  readableSnapshotSchema,
  SNAPSHOT_SCHEMA,
  type Snapshot,
} from '#lib/contract/snapshot.ts';
import { scrub } from '#lib/domain/scrub.ts';
import { sentenceOf } from './log.ts';
import { readTextFile, writePrivateFile } from './private-file.ts';
import { scrubbedText } from './scrubbed-text.ts';

const SUMMARY_CHARS = 200;

/** What the runtime knows when it builds a snapshot. Times in epoch milliseconds. */
export interface SnapshotFacts {
  workspaceId: string;
  bootId: string;
  now: number;
  currentTask: string;
  activeTasks: number;
  uptimeSeconds: number;
  /** Where the agent does not say otherwise. */
  sessionId: string | null;
  transcriptLines: readonly string[];
  completedMessageIds: readonly string[];
  unfinished: Snapshot['unfinished'];
}

/**
 * Asks the agent for its state and makes a snapshot of it, scrubbed and at most 1 MB. An agent that throws, or answers
 * nonsense, costs its own part only: `problem` says so, null otherwise.
 */
export async function buildSnapshot(
  facts: SnapshotFacts,
  askAgent: () => unknown,
): Promise<{ snapshot: Snapshot; problem: string | null }> {
  let problem: string | null = null;
  let state: Record<string, unknown> = {};
  try {
    const said = jsonOf(await askAgent());
    if (typeof said === 'object' && said !== null && !Array.isArray(said)) state = said as Record<string, unknown>;
    else if (said !== null) throw new Error('it is no object');
  } catch (thrown) {
    problem = `The agent's state is not in the snapshot: ${sentenceOf(thrown)}`;
  }
  const { session_id, transcript_lines, ...adapter } = state;
  const lines = Array.isArray(transcript_lines) ? transcript_lines.filter((line) => typeof line === 'string') : facts.transcriptLines;
  const { value, droppedSandbox } = scrub({
    current_task: facts.currentTask,
    session_id: typeof session_id === 'string' ? session_id : facts.sessionId,
    transcript_lines: lines.slice(-MAX_TRANSCRIPT_LINES),
    adapter,
  });
  const snapshot: Snapshot = {
    schema: SNAPSHOT_SCHEMA,
    workspace_id: facts.workspaceId,
    timestamp: facts.now,
    boot_id: facts.bootId,
    active_tasks: facts.activeTasks,
    uptime_seconds: facts.uptimeSeconds,
    ...(value as Pick<Snapshot, 'current_task' | 'session_id' | 'transcript_lines' | 'adapter'>),
    transcript_lines_dropped: 0,
    completed_message_ids: facts.completedMessageIds.slice(-MAX_COMPLETED_IDS),
    unfinished: facts.unfinished.map((task) => ({ ...task, summary: scrubbedText(task.summary, SUMMARY_CHARS) })),
    redactions: {},
    dropped_sandbox: droppedSandbox,
  };
  // An agent's state that is sandbox output as a whole leaves a marker in its place.
  if (typeof snapshot.adapter !== 'object' || snapshot.adapter === null || Array.isArray(snapshot.adapter)) snapshot.adapter = {};
  snapshot.redactions = markersIn(snapshot);
  const tooMuch = withinLimit(snapshot);
  snapshot.redactions = markersIn(snapshot);
  return { snapshot, problem: problem ?? tooMuch };
}

/**
 * Secrets taken out, by type, as they stand in the text: also those of lines that were scrubbed before the last restart.
 * Sandbox output is counted elsewhere.
 */
function markersIn({ current_task, session_id, transcript_lines, adapter, unfinished }: Snapshot): Snapshot['redactions'] {
  const counts: Snapshot['redactions'] = {};
  const text = JSON.stringify({ current_task, session_id, transcript_lines, adapter, unfinished });
  for (const [, type = ''] of text.matchAll(/\[REDACTED:([A-Z][A-Z0-9_]{0,39})\]/g))
    if (type !== 'SANDBOX') counts[type] = (counts[type] ?? 0) + 1;
  return counts;
}

/** Only what JSON can hold; undefined becomes null. */
function jsonOf(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value ?? null));
}

const bytesOf = (value: unknown) => Buffer.byteLength(JSON.stringify(value));

/** Leaves out the oldest lines until it fits, then the agent's own part. Null, or a sentence when that was needed. */
function withinLimit(snapshot: Snapshot): string | null {
  let surplus = bytesOf(snapshot) + 16 - MAX_SNAPSHOT_BYTES;
  let dropped = 0;
  while (surplus > 0 && dropped < snapshot.transcript_lines.length) {
    surplus -= bytesOf(snapshot.transcript_lines[dropped]) + 1;
    dropped += 1;
  }
  snapshot.transcript_lines = snapshot.transcript_lines.slice(dropped);
  snapshot.transcript_lines_dropped = dropped;
  if (surplus <= 0) return null;
  snapshot.adapter = {};
  return `The agent's state is not in the snapshot: it is larger than ${MAX_SNAPSHOT_BYTES} bytes`;
}

/** Writes it so that a reader sees all of it or none, readable by its owner alone. Rejects with what the disk says. */
export async function writeSnapshot(path: string, snapshot: Snapshot): Promise<void> {
  await writePrivateFile(path, JSON.stringify(snapshot));
}

/** What was found: nothing, a snapshot, or a file that was set aside, with the reason. */
export type SnapshotFound = { kind: 'none' } | { kind: 'read'; snapshot: Snapshot } | { kind: 'refused'; why: string };

/**
 * Reads the snapshot and puts its file away, before anything is done with it: as `.restored`, or as `.damaged-<time>`
 * when it cannot be used. What was read once is therefore never read again, whatever happens next.
 */
export async function readSnapshot(path: string, workspaceId: string, now: number): Promise<SnapshotFound> {
  const text = await readTextFile(path);
  if (text === null) return { kind: 'none' };
  const read = snapshotOf(text, workspaceId);
  const aside = typeof read === 'string' ? `${path}.damaged-${now}` : `${path}.restored`;
  await rename(path, aside);
  if (typeof read === 'string') return { kind: 'refused', why: `The snapshot ${path} was not restored: ${read}. It is kept as ${aside}` };
  return { kind: 'read', snapshot: read };
}

/** For a workspace that is no more: nothing of it stays, neither the one to come nor the one restored. */
export async function deleteSnapshot(path: string): Promise<void> {
  await Promise.all([rm(path, { force: true }), rm(`${path}.restored`, { force: true })]);
}

/** The snapshot, or why there is none. */
function snapshotOf(text: string, workspaceId: string): Snapshot | string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return 'it is not valid JSON';
  }
  const schema = (value as { schema?: unknown } | null)?.schema;
  if (schema !== undefined && schema !== SNAPSHOT_SCHEMA)
    return `it is of schema ${JSON.stringify(schema)?.slice(0, 40)}, and this runtime reads schema ${SNAPSHOT_SCHEMA}`;
  const checked = readableSnapshotSchema.safeParse(value);
  if (!checked.success) return 'its fields are not those of a snapshot';
  if (checked.data.workspace_id !== workspaceId)
    return `it is of workspace ${checked.data.workspace_id.slice(0, 64)}, and this is ${workspaceId}`;
  return checked.data;
}
