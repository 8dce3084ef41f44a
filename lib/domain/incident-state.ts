import { cutText } from '#lib/contract/heartbeat.ts';
import { type Incident, type IncidentKind, SAID_BY_AGENTS, type Severity } from '#lib/contract/incidents.ts';

/** What went wrong again within this time of being over is the same incident: it flaps. */
export const FLAP_MS = 10 * 60_000;
const MAX_TITLE = 200;
const MAX_DETAIL = 8000;
/** Workspaces that an incident about many names. */
const MAX_NAMED = 100;

/** An incident as it is kept, with what decides whether news of it are news. */
export interface IncidentState extends Incident {
  /** Workspace and cause. At most one open incident of each (unique in the store). */
  key: string;
  /** What it was last raised by: the same facts raise it no second time, also when it is closed. */
  facts: string;
  /** When `incident.changed` last told of it. */
  told_at: number;
  /** Messages that failed and were neither retried nor dropped. */
  failed_ids: string[];
}

/** Something that was found, as a rule or a workspace says it. */
export interface Finding {
  key: string;
  facts: string;
  kind: IncidentKind;
  severity: Severity;
  /** Null: it is about many. */
  workspace_id: string | null;
  workspace_name: string;
  title: string;
  detail: string;
  /** When it was so, epoch ms. */
  at: number;
  /** It goes on from before: no news while its incident is open. */
  continues?: boolean;
  run_id?: string | null;
  queue_id?: string | null;
  /** A message that now waits for a person. */
  failed_id?: string;
  /** A message that does not wait for one any more: when it did, this is no news. */
  ended_id?: string;
  delegation_id?: string | null;
  trace_id?: string | null;
}

/** `opened`: a new incident. `again`: it repeats, or came back soon after it was closed. `same`: known, at most worded anew. */
export type Raised = { what: 'opened' | 'again' | 'same'; incident: IncidentState };

export function saidByAgents(kind: IncidentKind): boolean {
  return (SAID_BY_AGENTS as readonly IncidentKind[]).includes(kind);
}

/**
 * What a finding makes of the open incident of its key, or of the newest closed one when none is open (`known`; null:
 * there is neither). Null: it was closed and the same facts do not file it again. `id` is for a new incident.
 */
export function raise(known: IncidentState | null, found: Finding, id: string, now: number): Raised | null {
  if (!known) return { what: 'opened', incident: opened(found, id, now) };
  const isSame = known.facts === found.facts;
  if (known.closed_at === null) {
    const isKnown = isSame || found.continues || (found.ended_id !== undefined && known.failed_ids.includes(found.ended_id));
    if (isKnown) return { what: 'same', incident: { ...known, ...wordsOf(found), failed_ids: failedIds(known, found) } };
    return { what: 'again', incident: repeated(known, found, now) };
  }
  if (isSame) return null;
  const flaps = !saidByAgents(found.kind) && found.at - known.closed_at < FLAP_MS;
  return flaps ? { what: 'again', incident: repeated(known, found, now) } : { what: 'opened', incident: opened(found, id, now) };
}

/** Over: `why` in words. */
export function closed(incident: IncidentState, why: string, at: number): IncidentState {
  return { ...incident, closed_at: Math.max(at, incident.opened_at), closed_why: cutText(why, MAX_TITLE), failed_ids: [] };
}

/** A number that grows with every news of an incident, and is at least the clock: whoever read up to a time has read it. */
export function nextRev(rev: number, now: number): number {
  return Math.max(rev + 1, now);
}

/** So many workspaces at most are named; `count` counts them all. */
export function named(ids: readonly string[]): string[] {
  return ids.slice(0, MAX_NAMED);
}

function opened(found: Finding, id: string, now: number): IncidentState {
  return {
    id,
    key: found.key,
    facts: found.facts,
    kind: found.kind,
    severity: found.severity,
    workspace_id: found.workspace_id,
    workspace_name: found.workspace_name,
    workspace_ids: [],
    ...wordsOf(found),
    count: 1,
    opened_at: found.at,
    last_at: found.at,
    closed_at: null,
    closed_why: '',
    delegation_id: found.delegation_id ?? null,
    run_id: found.run_id ?? null,
    queue_id: found.queue_id ?? null,
    trace_id: found.trace_id ?? null,
    assignee_id: null,
    assignee_name: null,
    part_of: null,
    rev: now,
    told_at: 0,
    failed_ids: failedIds(null, found),
  };
}

function repeated(known: IncidentState, found: Finding, now: number): IncidentState {
  return {
    ...known,
    ...wordsOf(found),
    facts: found.facts,
    severity: found.severity,
    workspace_name: found.workspace_name,
    count: known.count + 1,
    last_at: Math.max(known.last_at, found.at),
    closed_at: null,
    closed_why: '',
    part_of: known.closed_at === null ? known.part_of : null,
    // What an agent says last may be about something else than what it said before.
    delegation_id: found.delegation_id ?? (found.kind === 'agent_message' ? null : known.delegation_id),
    trace_id: found.trace_id ?? (found.kind === 'agent_message' ? null : known.trace_id),
    run_id: found.run_id ?? known.run_id,
    queue_id: found.queue_id ?? known.queue_id,
    failed_ids: failedIds(known, found),
    rev: nextRev(known.rev, now),
  };
}

function failedIds(known: IncidentState | null, { failed_id, ended_id }: Pick<Finding, 'failed_id' | 'ended_id'>): string[] {
  const ids = new Set(known?.failed_ids);
  if (failed_id !== undefined) ids.add(failed_id);
  if (ended_id !== undefined) ids.delete(ended_id);
  return [...ids].slice(-MAX_NAMED);
}

/** A message that had failed was retried or dropped. */
export function withoutFailed(incident: IncidentState, queueId: string): IncidentState {
  return { ...incident, failed_ids: failedIds(incident, { ended_id: queueId }) };
}

function wordsOf({ title, detail }: Finding): { title: string; detail: string } {
  return { title: cutText(oneLine(title), MAX_TITLE), detail: cutText(detail, MAX_DETAIL) };
}

/** Control characters and line ends become spaces: a title is one line wherever it is shown. */
export function oneLine(text: string): string {
  return text.replace(/[\s\p{Cc}]+/gu, ' ').trim();
}
