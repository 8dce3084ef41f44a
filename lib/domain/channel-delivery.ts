import type { ChannelRules, DeliveryState } from '#lib/contract/channels.ts';
import { type Incident, SEVERITIES } from '#lib/contract/incidents.ts';
import type { About } from './channel-text.ts';
import { saidByAgents } from './incident-state.ts';

/** What goes away again within this time is not sent at all. */
export const SETTLE_MS = 10_000;
/** Repeats of one incident go to one channel at most this often. */
export const AGAIN_MS = 60 * 60_000;
const FIRST_WAIT_MS = 5000;
const LONGEST_WAIT_MS = 60 * 60_000;
/** From the first attempt on; after that it is given up. */
export const GIVE_UP_MS = 24 * 60 * 60_000;

export type Change = Exclude<About, 'test'>;

/** A message about an incident that a channel got, or is to get. */
export interface Told {
  about: About;
  state: DeliveryState;
  due_at: number;
  ended_at: number | null;
}

/** Whether a channel wants to hear of it. That agents have said nothing for a while is no recovery. */
export function wantsIt(rules: ChannelRules, incident: Pick<Incident, 'kind' | 'severity'>, about: Change): boolean {
  if (about === 'closed' && (!rules.recovery || saidByAgents(incident.kind))) return false;
  if (SEVERITIES.indexOf(incident.severity) > SEVERITIES.indexOf(rules.severity)) return false;
  return rules.kinds.length === 0 || rules.kinds.includes(incident.kind);
}

/**
 * When a message about a change is due; null: none is needed. `told`: what this channel was told of the incident so far.
 * One that waits tells the newest when its time comes. Repeats keep their distance, so that a flapping incident is not a flood:
 * also from one that was refused, and for what agents say from one that was not sent (it is muted, or was read). What went
 * wrong again after it was over before it was sent waits for nothing.
 */
export function whenDue({ kind }: Pick<Incident, 'kind'>, about: Change, told: readonly Told[], now: number): number | null {
  const waits = told.some((one) => one.ended_at === null && (one.about === 'closed') === (about === 'closed'));
  if (waits) return null;
  const settled = now + SETTLE_MS;
  if (about === 'closed') return told.length > 0 ? settled : null;
  if (told.length === 0) return settled;
  const counts = ({ about: before, state }: Told) => before === 'again' && (state !== 'skipped' || saidByAgents(kind));
  return Math.max(settled, ...told.filter(counts).map((one) => (one.ended_at ?? 0) + AGAIN_MS));
}

/** The facts of the moment, read again before anything is sent. */
export interface Moment {
  about: Change;
  channel: { removed: boolean; enabled: boolean; rules: ChannelRules };
  /** Null: it was removed. */
  incident: Pick<Incident, 'kind' | 'severity' | 'closed_at' | 'part_of'> | null;
  /** Whether it is still so. */
  stillTrue: boolean;
  /** By the person whose channel it is. */
  read: boolean;
  muted: boolean;
  /** Epoch ms; null: these are no quiet hours, or it goes through them. */
  quietUntil: number | null;
  /** What this channel was told of it before; newest first. */
  told: readonly Told[];
}

export type Decision = { do: 'send' } | { do: 'skip'; why: string } | { do: 'wait'; until: number };

export function decideDelivery(moment: Moment): Decision {
  const why = reasonToSkip(moment);
  if (why !== null) return { do: 'skip', why };
  return moment.quietUntil === null ? { do: 'send' } : { do: 'wait', until: moment.quietUntil };
}

function reasonToSkip({ about, channel, incident, stillTrue, read, muted, told }: Moment): string | null {
  if (channel.removed) return 'The channel was removed.';
  if (!channel.enabled) return 'The channel is paused.';
  if (incident === null) return 'The incident was removed.';
  if (!wantsIt(channel.rules, incident, about)) return 'The channel takes no such messages any more.';
  if (about === 'closed') {
    if (incident.closed_at === null) return 'It was open again before this was sent.';
    if (told.find((one) => one.state === 'sent')?.about === 'closed') return 'That it is over was said already.';
    if (!told.some((one) => one.state === 'sent')) return 'That it began was never sent.';
  } else {
    if (incident.part_of !== null) return 'It became part of an incident about many.';
    if (!stillTrue) return 'It was over before it was sent.';
    if (read) return 'You had read it on the page.';
  }
  return muted ? 'You muted it.' : null;
}

/**
 * When it is tried again after a failed attempt; null: it is given up. `attempts` were made, the first at `firstAt`;
 * `chance` (0…1) spreads those that failed together; `afterMs` is what the receiver asked for.
 */
export function nextAttempt(
  { attempts, firstAt, afterMs = 0 }: { attempts: number; firstAt: number; afterMs?: number },
  now: number,
  chance: number,
): number | null {
  const wait = Math.min(FIRST_WAIT_MS * 2 ** Math.min(attempts - 1, 20), LONGEST_WAIT_MS);
  const due = now + Math.max(Math.round(wait * (0.75 + chance / 2)), afterMs);
  return due - firstAt > GIVE_UP_MS ? null : due;
}
