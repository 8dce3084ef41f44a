import { CanvasError } from '#lib/contract/errors.ts';
import type { WorkspacePatch } from '#lib/contract/stream.ts';
import type { RunOnCard, WorkspaceCard, WorkspaceRow } from '#lib/contract/workspaces.ts';
import { type HistoryRing, minuteLetterNow } from '#lib/domain/history-ring.ts';
import type { WorkspaceFacts } from '#lib/domain/workspace-facts.ts';
import type { Instance } from '#lib/ports/provisioner.ts';
import type { StoredWorkspace } from '#lib/store/workspaces.ts';

/** One workspace as the platform holds it in memory: what was stored of it, and what its beats say now. */
export interface LiveWorkspace {
  row: StoredWorkspace;
  facts: WorkspaceFacts;
  ring: HistoryRing;
  /** Grows with every change; never goes back, also over a restart of the platform (it is at least the clock). */
  rev: number;
  /** What the provisioner last said of its process. */
  instance: Instance | null;
  /** The restart run it is in. */
  run: RunOnCard | null;
  /** Messages that wait for it, and such that failed. */
  queued: number;
  /** How often its activity was written to since the platform started. */
  activity: number;
  /** The time of the newest row that was written to it; 0: none since the platform started. */
  activityAt: number;
  /** Resolves when the newest change of status is in the store; null when nothing waits to be. */
  unsaved: Promise<void> | null;
}

/**
 * All workspaces that are not removed, by id. Reads are answered from here; the store is written first and read at
 * start. Insertion order is kept, so that a plain list is stable.
 */
export class Fleet {
  readonly #byId = new Map<string, LiveWorkspace>();
  readonly #children = new Map<string | null, Set<string>>();
  /** Per parent: who bears which name. Names are unique there. */
  readonly #names = new Map<string | null, Map<string, string>>();
  readonly #removed = new Set<string>();

  get size(): number {
    return this.#byId.size;
  }

  all(): IterableIterator<LiveWorkspace> {
    return this.#byId.values();
  }

  find(id: string): LiveWorkspace | undefined {
    return this.#byId.get(id);
  }

  /** The workspace, or the refusal that fits: 410 for a removed one, 404 for one that never was. */
  get(id: string): LiveWorkspace {
    const live = this.#byId.get(id);
    if (live) return live;
    if (this.#removed.has(id)) {
      throw new CanvasError('gone', `Workspace ${id} was removed. Create a new one to connect this agent again.`);
    }
    throw new CanvasError('not_found', `There is no workspace ${id}. Create it in Canvas first, or check the id.`);
  }

  add(live: LiveWorkspace): void {
    this.#byId.set(live.row.id, live);
    this.#adopt(live.row);
  }

  /** Takes changed stored columns over and keeps the family tree true. */
  replaceRow(id: string, row: StoredWorkspace): void {
    const live = this.get(id);
    this.#release(live.row);
    this.#adopt(row);
    live.row = row;
  }

  remove(id: string): void {
    const live = this.#byId.get(id);
    if (live) {
      this.#release(live.row);
      this.#byId.delete(id);
    }
    this.#removed.add(id);
  }

  rememberRemoved(ids: Iterable<string>): void {
    for (const id of ids) this.#removed.add(id);
  }

  childrenOf(id: string | null): LiveWorkspace[] {
    return [...(this.#children.get(id) ?? [])].flatMap((child) => this.#byId.get(child) ?? []);
  }

  /** The names that are taken under one parent, `except` that of one workspace. */
  namesUnder(parentId: string | null, except?: string): { has(name: string): boolean } {
    const names = this.#names.get(parentId);
    return { has: (name) => names?.has(name) === true && names.get(name) !== except };
  }

  /** It and everything below it, deepest first. */
  subtree(id: string): LiveWorkspace[] {
    const path = [this.get(id)];
    const seen = new Set(path);
    for (let at = 0; at < path.length; at += 1) {
      for (const child of this.childrenOf(path[at]?.row.id ?? null)) {
        if (seen.has(child)) continue;
        seen.add(child);
        path.push(child);
      }
    }
    return path.reverse();
  }

  /** From the root down to its parent. */
  ancestors(id: string): LiveWorkspace[] {
    const path: LiveWorkspace[] = [];
    const seen = new Set([id]);
    let parent = this.get(id).row.parent_id;
    while (parent !== null && !seen.has(parent)) {
      seen.add(parent);
      const live = this.#byId.get(parent);
      if (!live) break;
      path.unshift(live);
      parent = live.row.parent_id;
    }
    return path;
  }

  parentOf = (id: string): string | null => this.#byId.get(id)?.row.parent_id ?? null;

  #adopt(row: StoredWorkspace): void {
    this.#childrenOf(row.parent_id).add(row.id);
    const names = this.#names.get(row.parent_id) ?? new Map<string, string>();
    this.#names.set(row.parent_id, names.set(row.name, row.id));
  }

  #release(row: StoredWorkspace): void {
    this.#childrenOf(row.parent_id).delete(row.id);
    const names = this.#names.get(row.parent_id);
    if (names?.get(row.name) === row.id) names.delete(row.name);
  }

  #childrenOf(id: string | null): Set<string> {
    let set = this.#children.get(id);
    if (!set) {
      set = new Set();
      this.#children.set(id, set);
    }
    return set;
  }
}

/** Marks a change: readers with a copy of a lower `rev` take the new one. */
export function touch(live: LiveWorkspace, now: number): void {
  live.rev = Math.max(live.rev + 1, now);
}

export function cardOf(live: LiveWorkspace): WorkspaceCard {
  const { row, facts } = live;
  return {
    id: row.id,
    name: row.name,
    role: row.role,
    parent_id: row.parent_id,
    runtime: row.runtime,
    provisioner: row.provisioner,
    delivery_mode: row.delivery_mode,
    url: row.url,
    labels: row.labels,
    created_at: row.created_at,
    status: facts.status,
    cause: facts.cause,
    reason: facts.reason,
    since: facts.since,
    late: facts.late,
    token_rejected_at: facts.token_rejected_at,
    active_tasks: facts.active_tasks,
    current_task: facts.current_task,
    uptime_seconds: facts.uptime_seconds,
    boot_id: facts.boot_id,
    interval_seconds: facts.interval_seconds,
    last_error_rate: facts.error_rate,
    last_requests: facts.requests,
    last_sample_error: facts.sample_error,
    last_heartbeat_at: facts.last_beat_at,
    run: live.run,
    queued: live.queued,
    activity: live.activity,
    rev: live.rev,
  };
}

export function rowOf(live: LiveWorkspace): WorkspaceRow {
  return { ...cardOf(live), agent_card: live.row.agent_card };
}

export function patchOf(live: LiveWorkspace, now: number): WorkspacePatch {
  const { facts } = live;
  const minute = Math.floor(now / 60_000);
  return {
    id: live.row.id,
    rev: live.rev,
    late: facts.late,
    token_rejected_at: facts.token_rejected_at,
    active_tasks: facts.active_tasks,
    current_task: facts.current_task,
    uptime_seconds: facts.uptime_seconds,
    boot_id: facts.boot_id,
    interval_seconds: facts.interval_seconds,
    last_error_rate: facts.error_rate,
    last_requests: facts.requests,
    last_sample_error: facts.sample_error,
    last_heartbeat_at: facts.last_beat_at,
    reason: facts.reason,
    run: live.run,
    queued: live.queued,
    activity: live.activity,
    minute: [minute, minuteLetterNow(live.ring, minute)],
  };
}
