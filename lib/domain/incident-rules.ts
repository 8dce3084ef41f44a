import type { LedgerEvent } from '#lib/contract/events.ts';
import type { IncidentKind, Severity } from '#lib/contract/incidents.ts';
import type { StatusCause, WorkspaceStatus } from '#lib/contract/workspace-status.ts';
import type { Finding } from './incident-state.ts';
import { incidentKey } from './notify-finding.ts';
import type { WorkspaceFacts } from './workspace-facts.ts';

/**
 * What an event of the ledger does to incidents. `close`: the open incidents of these kinds, or of every kind, of the
 * workspace. `forgive`: a message that had failed waits for a person no more.
 */
export type Move =
  | { do: 'raise'; finding: Finding }
  | { do: 'close'; kinds: readonly IncidentKind[] | 'every'; why: string }
  | { do: 'forgive'; queue_id: string; why: string };

/** The workspace of an event. How it is now plays no part: the events that led there may not have been read yet. */
export interface Subject {
  id: string;
  name: string;
}

/** Events that say something about an incident. */
export const TELLING_EVENTS: ReadonlySet<LedgerEvent['type']> = new Set([
  'workspace.status',
  'workspace.booted',
  'workspace.removed',
  'token.rejected',
  'token.accepted_again',
  'restart.step',
  'message.failed',
  'message.expired',
  'message.dropped',
  'message.retried',
]);

/** Incidents that follow from the status: a workspace that is well has none of them. */
export const STATUS_KINDS = ['wedged', 'failed', 'offline', 'degraded'] as const satisfies readonly IncidentKind[];

/** What a workspace's own removal ends; its `subject` is gone by then. */
const REMOVED: Move = { do: 'close', kinds: 'every', why: 'The workspace was removed' };

/** `subject`: null when the workspace is gone; then only its removal matters. A process given up on is told by its status. */
export function movesOf(event: LedgerEvent, subject: Subject | null): Move[] {
  if (event.type === 'workspace.removed') return [REMOVED];
  if (!subject) return [];
  switch (event.type) {
    case 'workspace.status':
      return statusMoves(subject, { ...event.data, at: event.at, wedge: wedgeOf(event.data.evidence) });
    case 'workspace.booted':
      return event.data.wedged
        ? [raised(subject, wedgedFinding(subject, event.data.wedged.reason, event.data.wedged.since, event.at))]
        : [{ do: 'close', kinds: ['wedged'], why: 'It started again' }];
    case 'token.rejected':
      return [
        raised(subject, {
          ...sort('token_rejected', 'warning'),
          facts: `rejected@${event.at}`,
          title: `The token of ${subject.name} is rejected`,
          detail: event.data.why,
          at: event.at,
        }),
      ];
    case 'token.accepted_again':
      return [{ do: 'close', kinds: ['token_rejected'], why: 'Its token is accepted again' }];
    case 'restart.step':
      return runMoves(subject, event.data, event.at);
    case 'message.failed':
    case 'message.expired':
      return [messageMove(subject, event)];
    case 'message.dropped':
      return [{ do: 'forgive', queue_id: event.data.queue_id, why: 'What had failed was dropped' }];
    case 'message.retried':
      return [{ do: 'forgive', queue_id: event.data.queue_id, why: 'What had failed is tried again' }];
    default:
      return [];
  }
}

/** What is wrong with a workspace by its facts alone, for an inbox that did not read how it came to it. */
export function wrongNow(subject: Subject, facts: WorkspaceFacts): Finding[] {
  const { status, cause, reason, since, wedged, token_rejected_at } = facts;
  const moves = statusMoves(subject, { from: 'online', to: status, cause, reason, at: since, wedge: wedged });
  const rejected: Move[] =
    token_rejected_at === null
      ? []
      : [
          raised(subject, {
            ...sort('token_rejected', 'warning'),
            facts: `rejected@${token_rejected_at}`,
            title: `The token of ${subject.name} is rejected`,
            detail: '',
            at: token_rejected_at,
          }),
        ];
  return [...moves, ...rejected].flatMap((move) => (move.do === 'raise' ? [{ ...move.finding, continues: true }] : []));
}

interface StatusChange {
  from: WorkspaceStatus;
  to: WorkspaceStatus;
  cause: StatusCause | null;
  reason: string;
  at: number;
  wedge: { since: number } | null;
}

type Sort = Pick<Finding, 'kind' | 'severity'>;
const sort = (kind: IncidentKind, severity: Severity): Sort => ({ kind, severity });
type Found = Omit<Finding, 'key' | 'workspace_id' | 'workspace_name'>;

function raised({ id, name }: Subject, found: Found): Move {
  return { do: 'raise', finding: { ...found, key: incidentKey(found.kind, id), workspace_id: id, workspace_name: name } };
}

function statusMoves(subject: Subject, change: StatusChange): Move[] {
  const { from, to, cause, reason, at } = change;
  const { name } = subject;
  const facts = `${cause}@${at}`;
  switch (to) {
    case 'online':
      return [{ do: 'close', kinds: STATUS_KINDS, why: reason || 'It is online again' }];
    case 'degraded': {
      const beats: Move = { do: 'close', kinds: ['offline', 'failed'], why: 'It beats again' };
      if (cause === 'wedged') return [beats, raised(subject, wedgedFinding(subject, reason, change.wedge?.since ?? at, at))];
      const found = { ...sort('degraded', 'warning'), facts, title: `Too many requests of ${name} fail`, detail: reason, at };
      return [beats, { do: 'close', kinds: ['wedged'], why: 'It is no longer stuck' }, raised(subject, found)];
    }
    case 'offline':
    case 'awaiting_agent': {
      // Nobody has connected yet: nothing is wrong.
      if (cause === 'not_connected') return [];
      const severity = to === 'offline' ? 'critical' : 'warning';
      const continues = from === 'offline' || from === 'awaiting_agent';
      const found = { ...sort('offline', severity), facts, title: `${name} is offline`, detail: reason, at, continues };
      // What ended takes its wedge along; what is only silent may still be stuck.
      const ended: Move[] = cause === 'lapse' ? [] : [{ do: 'close', kinds: ['wedged', 'degraded'], why: 'Its process ended' }];
      return [...ended, raised(subject, found)];
    }
    case 'failed': {
      const found = { ...sort('failed', 'critical'), facts, title: `${name} failed`, detail: reason, at, continues: from === 'failed' };
      return [raised(subject, found), { do: 'close', kinds: ['wedged', 'offline', 'degraded'], why: 'It failed' }];
    }
    case 'paused':
      return [{ do: 'close', kinds: [...STATUS_KINDS, 'token_rejected'], why: reason || 'It was paused' }];
    // A restart and a start are under way: how they end says what is so.
    case 'provisioning':
    case 'draining':
    case 'restarting':
    case 'removed':
      return [];
  }
}

/** A wedge is the same one as long as it lasts, whatever the status was meanwhile. */
function wedgedFinding({ name }: Subject, reason: string, since: number, at: number): Found {
  return { ...sort('wedged', 'critical'), facts: `wedged@${since}`, title: `${name} is wedged`, detail: reason, at };
}

function wedgeOf(evidence: Record<string, unknown>): { since: number } | null {
  const { wedged } = evidence;
  const since = typeof wedged === 'object' && wedged !== null && 'since' in wedged ? wedged.since : null;
  return typeof since === 'number' ? { since } : null;
}

function runMoves(
  subject: Subject,
  { run_id, kind, step, says }: Extract<LedgerEvent, { type: 'restart.step' }>['data'],
  at: number,
): Move[] {
  if (step === 'done') return [{ do: 'close', kinds: ['restart_failed'], why: 'A later one went well' }];
  if (step !== 'failed') return [];
  const what = { restart: 'restart', pause: 'pause', resume: 'start', drain: 'drain' }[kind];
  const title = `A ${what} of ${subject.name} failed`;
  return [raised(subject, { ...sort('restart_failed', 'warning'), facts: run_id, title, detail: says, at, run_id })];
}

function messageMove(subject: Subject, event: Extract<LedgerEvent, { type: 'message.failed' | 'message.expired' }>): Move {
  const { queue_id, sender_name } = event.data;
  const isFailed = event.type === 'message.failed';
  const end = isFailed ? { failed_id: queue_id } : { ended_id: queue_id };
  return raised(subject, {
    ...sort('message_failed', 'warning'),
    ...end,
    facts: `${event.type} ${queue_id} ${event.seq}`,
    title: isFailed ? `A message to ${subject.name} could not be delivered` : `A message to ${subject.name} expired`,
    detail: `From ${sender_name}${isFailed ? `: ${event.data.why}` : ''}`,
    at: event.at,
    queue_id,
  });
}
