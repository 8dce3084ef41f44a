import type { StreamFrame, WorkspacePatch } from '#lib/contract/stream.ts';
import type { MinuteLetter, WorkspaceStatus } from '#lib/contract/workspace-status.ts';
import type { WorkspaceCard } from '#lib/contract/workspaces.ts';
import { emptyBars, type HistoryBars, markMinute, minuteOf } from './history-bars.ts';

/** What the browser keeps of one workspace. `bars` is null until its history was fetched. */
export interface WorkspaceEntry {
  card: WorkspaceCard;
  bars: HistoryBars | null;
}

/** What one frame does to the fleet: entries to write, ids to drop, and whether everything must be fetched again. */
export interface FleetChange {
  entries: Map<string, WorkspaceEntry>;
  removed: string[];
  refetch: boolean;
  /** `epoch:seq` to resume from; null when the frame does not move the position. */
  position: string | null;
  /** The platform's clock when the frame was made. */
  now: number;
}

export type ReadEntry = (id: string) => WorkspaceEntry | undefined;

/** How a minute without news is drawn, judged from how the workspace is. */
export function letterOfStatus(status: WorkspaceStatus): MinuteLetter {
  switch (status) {
    case 'offline':
    case 'failed':
      return 'x';
    case 'paused':
      return 'p';
    case 'draining':
    case 'restarting':
      return 'r';
    default:
      return '.';
  }
}

function sameCard(a: WorkspaceCard, b: WorkspaceCard): boolean {
  return (Object.keys(b) as (keyof WorkspaceCard)[]).every(
    (key) => a[key] === b[key] || ((key === 'labels' || key === 'run') && JSON.stringify(a[key]) === JSON.stringify(b[key])),
  );
}

function patched(entry: WorkspaceEntry, patch: WorkspacePatch): WorkspaceEntry {
  const { minute, ...facts } = patch;
  const fill = letterOfStatus(entry.card.status);
  return { card: { ...entry.card, ...facts }, bars: entry.bars === null ? null : markMinute(entry.bars, minute[0], minute[1], fill) };
}

/**
 * Newer wins: a copy whose `rev` is lower than what is kept never overwrites it. Of the same `rev` a whole card knows more
 * than a patch (the status), so it does; when it says nothing new, the kept entry is the answer and nothing renders.
 */
export function mergeCard(entry: WorkspaceEntry | undefined, card: WorkspaceCard): WorkspaceEntry {
  if (entry && (entry.card.rev > card.rev || (entry.card.rev === card.rev && sameCard(entry.card, card)))) return entry;
  return { card, bars: entry?.bars ?? null };
}

/**
 * The one way in which the stream changes the browser's fleet. Pure: `read` looks at what is kept, the answer says what
 * to write. Beats for a workspace that is not kept are dropped; whoever fetches it gets newer facts with it.
 */
export function applyFrame(read: ReadEntry, frame: StreamFrame): FleetChange {
  const change: FleetChange = { entries: new Map(), removed: [], refetch: false, position: null, now: frame.data.now };
  switch (frame.name) {
    case 'hello':
      return change;
    case 'reset':
      change.refetch = true;
      change.position = frame.id;
      return change;
    case 'ledger': {
      change.position = frame.id;
      const { event, workspace } = frame.data;
      if (event.type === 'workspace.removed' && event.workspace_id !== null) change.removed.push(event.workspace_id);
      else if (workspace !== null) {
        const kept = read(workspace.id);
        const merged = mergeCard(kept, workspace);
        const bars = merged.bars ?? (event.type === 'workspace.created' ? emptyBars(minuteOf(frame.data.now)) : null);
        if (merged !== kept) change.entries.set(workspace.id, { card: merged.card, bars });
      }
      return change;
    }
    case 'beats':
      for (const patch of frame.data.items) {
        const kept = change.entries.get(patch.id) ?? read(patch.id);
        if (kept && kept.card.rev <= patch.rev) change.entries.set(patch.id, patched(kept, patch));
      }
      return change;
  }
}
