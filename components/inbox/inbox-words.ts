import type { Tone } from '#components/status/shown-tone.ts';
import type { DeliveryState } from '#lib/contract/channels.ts';
import type { InboxItem, Mute } from '#lib/contract/inbox.ts';
import type { IncidentEntry, IncidentKind, Severity } from '#lib/contract/incidents.ts';

/** What kind of thing happened, as it stands in a filter and on a row. */
export const KIND_LABEL: Record<IncidentKind, string> = {
  wedged: 'Wedged',
  failed: 'Failed',
  offline: 'Offline',
  token_rejected: 'Token rejected',
  degraded: 'Degraded',
  restart_failed: 'Restart failed',
  message_failed: 'Message not delivered',
  mass: 'Many at once',
  injection: 'Possible injection',
  agent_message: 'Message from an agent',
  delegation: 'Delegation',
};
export const KINDS = Object.keys(KIND_LABEL) as IncidentKind[];

export const SEVERITY_LABEL: Record<Severity, string> = { critical: 'Critical', warning: 'Warning', info: 'Info' };
export const SEVERITY_TONE: Record<Severity, Tone> = { critical: 'bad', warning: 'warn', info: 'drain' };
export const SEVERITY_RANK: Record<Severity, number> = { critical: 0, warning: 1, info: 2 };

export const ENTRY_LABEL: Record<IncidentEntry['kind'], string> = {
  opened: 'Opened',
  again: 'Again',
  closed: 'Closed',
  said: 'It says',
  assigned: 'Assigned',
};

export const DELIVERY_LABEL: Record<DeliveryState, string> = {
  waiting: 'Waits',
  sending: 'Being sent',
  sent: 'Sent',
  failed: 'Failed',
  skipped: 'Not sent',
};
export const DELIVERY_TONE: Record<DeliveryState, Tone> = { waiting: 'warn', sending: 'drain', sent: 'ok', failed: 'bad', skipped: 'off' };

const SAID: ReadonlySet<IncidentKind> = new Set(['injection', 'agent_message', 'delegation']);
/** Whether it is made of what agents say, and not of how a workspace is. */
export const isSaid = ({ kind }: Pick<InboxItem, 'kind'>): boolean => SAID.has(kind);

/** Enough of a beginning to tell that one text stands in another. */
const HEAD_CHARS = 40;

/** What a row says below its title: of what an agent said the title has the first line, so the others. */
export function detailBelow({ title, detail }: Pick<InboxItem, 'title' | 'detail'>): string {
  const [first = '', ...others] = detail.trim().split('\n');
  return title.includes(first.slice(0, HEAD_CHARS)) ? others.join(' ').trim() : detail.trim();
}

/** What a mute covers: "Release Manager, all of it", "“Wedged” of every workspace", "“Wedged” of Release Manager". */
export function muteWords({ workspace_id, workspace_name, kind }: Pick<Mute, 'workspace_id' | 'workspace_name' | 'kind'>): string {
  const name = workspace_name ?? workspace_id ?? '';
  if (kind === null) return `${name}, all of it`;
  return workspace_id === null ? `“${KIND_LABEL[kind]}” of every workspace` : `“${KIND_LABEL[kind]}” of ${name}`;
}

export const MUTE_LENGTHS = ['hour', 'tomorrow', 'ever'] as const;
export type MuteLength = (typeof MUTE_LENGTHS)[number];
export const MUTE_LENGTH_LABEL: Record<MuteLength, string> = { hour: 'For an hour', tomorrow: 'Until tomorrow', ever: 'For ever' };
const MORNING_HOUR = 8;

/** When such a mute ends, in epoch milliseconds; null: never. Tomorrow begins at eight in the viewer's zone. */
export function muteUntil(length: MuteLength, now: number): number | null {
  if (length === 'ever') return null;
  if (length === 'hour') return now + 3_600_000;
  const morning = new Date(now);
  morning.setDate(morning.getDate() + 1);
  return morning.setHours(MORNING_HOUR, 0, 0, 0);
}
