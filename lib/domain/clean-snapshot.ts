import { jsonBytes } from '#lib/contract/json-bytes.ts';
import { MAX_SNAPSHOT_BYTES, type Snapshot } from '#lib/contract/snapshot.ts';
import { scrub } from './scrub.ts';

/** Shown for a type that is no type: the names come from outside. */
const OTHER_TYPE = 'OTHER';
/** Markers are longer than some secrets; what grew beyond the limit by them may be this much larger still. */
const ROOM = 16;

/**
 * A snapshot without secrets, whoever sent it: what is found now is counted with what its sender took out. Cleaning one
 * again changes nothing. Ids of messages and tasks stay as they are: a changed one would be done twice. When markers made
 * it larger than 1 MB, the oldest transcript lines go; `bytes` is its size as JSON.
 */
export function cleanSnapshot(given: Snapshot): { snapshot: Snapshot; bytes: number } {
  const { value, redactions, droppedSandbox } = scrub({
    current_task: given.current_task,
    session_id: given.session_id,
    transcript_lines: given.transcript_lines,
    adapter: given.adapter,
  });
  const counts = knownTypes(given.redactions);
  add(counts, redactions);
  let dropped = given.dropped_sandbox + droppedSandbox;
  const unfinished = given.unfinished.map((task) => {
    const summary = scrub(task.summary);
    add(counts, summary.redactions);
    dropped += summary.droppedSandbox;
    return { ...task, summary: String(summary.value) };
  });
  const clean = value as Pick<Snapshot, 'current_task' | 'session_id' | 'transcript_lines'> & { adapter: unknown };
  const snapshot: Snapshot = {
    ...given,
    ...clean,
    // Sandbox output as a whole leaves a marker in its place, and that is no object.
    adapter: typeof clean.adapter === 'object' ? (clean.adapter as Snapshot['adapter']) : {},
    unfinished,
    redactions: counts,
    dropped_sandbox: dropped,
  };
  return withinLimit(snapshot);
}

function knownTypes(given: Readonly<Record<string, number>>): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const [type, count] of Object.entries(given)) {
    const name = /^[A-Z][A-Z0-9_]{0,39}$/.test(type) ? type : OTHER_TYPE;
    const whole = Math.min(Math.max(0, Math.floor(count)), Number.MAX_SAFE_INTEGER);
    if (whole > 0) add(counts, { [name]: whole });
  }
  return counts;
}

function add(counts: Record<string, number>, more: Readonly<Record<string, number>>): void {
  for (const [type, count] of Object.entries(more)) counts[type] = (counts[type] ?? 0) + count;
}

function withinLimit(snapshot: Snapshot): { snapshot: Snapshot; bytes: number } {
  const bytes = jsonBytes(snapshot);
  let surplus = bytes + ROOM - MAX_SNAPSHOT_BYTES;
  if (bytes <= MAX_SNAPSHOT_BYTES) return { snapshot, bytes };
  let gone = 0;
  while (surplus > 0 && gone < snapshot.transcript_lines.length) {
    surplus -= jsonBytes(snapshot.transcript_lines[gone]) + 1;
    gone += 1;
  }
  const shorter = {
    ...snapshot,
    transcript_lines: snapshot.transcript_lines.slice(gone),
    transcript_lines_dropped: snapshot.transcript_lines_dropped + gone,
  };
  return { snapshot: shorter, bytes: jsonBytes(shorter) };
}
