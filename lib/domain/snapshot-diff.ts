import { cutText } from '#lib/contract/heartbeat.ts';
import { MAX_TRANSCRIPT_LINES, type Snapshot } from '#lib/contract/snapshot.ts';
import type { FieldChange, SnapshotDiff } from '#lib/contract/snapshots.ts';
import { wellFormed } from '#lib/contract/well-formed.ts';
import { sharedItems } from './shared-items.ts';

/** How much of a value or of a field's name is shown, in UTF-16 units. */
const MAX_SHOWN = 500;
/** Of a long value that is the same at first: so much of that, and at least so much of what differs. */
const SHOWN_BEFORE = 80;
const SHOWN_AFTER = 200;
/** What an agent's own state may unfold to. Deeper values, and what is beyond these many, are shown as JSON in one piece. */
const MAX_DEPTH = 6;
const MAX_FIELDS = 2000;

/**
 * What changed from one snapshot to a later one. When they were taken, by which boot, and how long it had been running
 * differ between any two and are not in it.
 */
export function snapshotDiff(before: Snapshot, after: Snapshot): SnapshotDiff {
  const fields = changedFields(fieldsOf(before), fieldsOf(after));
  const transcript = transcriptDiff(before, after);
  const completed = countChanges(before.completed_message_ids, after.completed_message_ids);
  const redactions = changedRedactions(before.redactions, after.redactions);
  const unfinished = { before: before.unfinished.length, after: after.unfinished.length };
  const others = [transcript.added, transcript.removed, fields, redactions].every((list) => list.length === 0);
  const numbers = transcript.scrolled_out + completed.added + completed.removed === 0;
  const same = others && numbers && JSON.stringify(before.unfinished) === JSON.stringify(after.unfinished);
  return { fields, transcript, completed, redactions, unfinished, same };
}

function fieldsOf(snapshot: Snapshot): Map<string, unknown> {
  const { current_task, session_id, active_tasks, dropped_sandbox, adapter } = snapshot;
  const fields = new Map<string, unknown>(Object.entries({ current_task, session_id, active_tasks, dropped_sandbox }));
  unfold('adapter', adapter, 0, fields);
  return fields;
}

/** Objects by their keys; lists and plain values as they are. Two keys that read the same get a number each. */
function unfold(path: string, value: unknown, depth: number, fields: Map<string, unknown>): void {
  const keys = typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.keys(value).sort() : null;
  if (keys !== null && depth < MAX_DEPTH && fields.size + keys.length <= MAX_FIELDS) {
    for (const key of keys) unfold(`${path}.${key}`, (value as Record<string, unknown>)[key], depth + 1, fields);
    if (keys.length > 0 || depth === 0) return;
  }
  let name = path;
  for (let number = 2; fields.has(name); number += 1) name = `${path} (${number})`;
  fields.set(name, value);
}

function changedFields(before: ReadonlyMap<string, unknown>, after: ReadonlyMap<string, unknown>): FieldChange[] {
  const changes: FieldChange[] = [];
  for (const field of new Set([...before.keys(), ...after.keys()])) {
    const [old, now] = [textOf(before.get(field)), textOf(after.get(field))];
    if (old === now) continue;
    changes.push({ field: cutText(field, MAX_SHOWN), ...shown(old, now) });
  }
  return changes;
}

/** Text as it is, all else as JSON; null for what is not there. */
function textOf(value: unknown): string | null {
  if (value === undefined || value === null) return null;
  return typeof value === 'string' ? value : JSON.stringify(sorted(value));
}

/** An object whose keys were written in another order is the same. */
function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(sorted);
  const object = value as Record<string, unknown>;
  return Object.fromEntries(
    Object.keys(object)
      .sort()
      .map((key) => [key, sorted(object[key])]),
  );
}

/** Of long values the piece around the place where they part. */
function shown(before: string | null, after: string | null): { before: string | null; after: string | null } {
  let parts = 0;
  const shorter = Math.min(before?.length ?? 0, after?.length ?? 0);
  while (parts < shorter && before?.[parts] === after?.[parts]) parts += 1;
  const from = parts > MAX_SHOWN - SHOWN_AFTER ? parts - SHOWN_BEFORE : 0;
  const piece = (text: string | null) =>
    text === null ? null : cutText(from === 0 ? text : `…${wellFormed(text.slice(from))}`, MAX_SHOWN);
  return { before: piece(before), after: piece(after) };
}

function transcriptDiff(before: Snapshot, after: Snapshot): SnapshotDiff['transcript'] {
  const [old, now] = [before.transcript_lines, after.transcript_lines];
  const kept = sharedItems(old, now);
  const stays = new Set(kept.map(([at]) => at));
  const known = new Set(kept.map(([, at]) => at));
  const isFull = now.length >= MAX_TRANSCRIPT_LINES || after.transcript_lines_dropped > 0;
  // An agent that keeps a smaller window of its own moves on too; one that has less than before has lost something.
  const movedOn = isFull || (kept.length > 0 && now.length >= old.length);
  const scrolled = movedOn ? (kept[0]?.[0] ?? old.length) : 0;
  return {
    added: now.filter((_line, at) => !known.has(at)),
    removed: old.filter((_line, at) => at >= scrolled && !stays.has(at)),
    kept: kept.length,
    scrolled_out: scrolled,
  };
}

function countChanges(before: readonly string[], after: readonly string[]): { added: number; removed: number } {
  const [old, now] = [new Set(before), new Set(after)];
  const added = [...now].filter((id) => !old.has(id)).length;
  return { added, removed: [...old].filter((id) => !now.has(id)).length };
}

function changedRedactions(before: Snapshot['redactions'], after: Snapshot['redactions']): SnapshotDiff['redactions'] {
  const types = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  const counts = types.map((type) => ({ type, before: before[type] ?? 0, after: after[type] ?? 0 }));
  return counts.filter((count) => count.before !== count.after);
}
