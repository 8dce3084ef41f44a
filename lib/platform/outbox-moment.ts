import { type Change, type Decision, decideDelivery } from '#lib/domain/channel-delivery.ts';
import type { ChannelNews } from '#lib/domain/channel-text.ts';
import { quietUntil } from '#lib/domain/quiet-hours.ts';
import type { StoredChannel } from '#lib/store/channels.ts';
import { inboxItem } from '#lib/store/inbox.ts';
import { type OutboxRow, toldOf } from '#lib/store/outbox.ts';
import type { Deps } from './deps.ts';
import { stillTrue } from './incident-facts.ts';
import { preferencesOf } from './preference-verbs.ts';

/** What is to be done with a message whose time has come, by the facts of the moment, and the message. */
export async function lookAgain(deps: Deps, row: OutboxRow, channel: StoredChannel): Promise<{ decision: Decision; news: ChannelNews }> {
  const now = deps.now();
  const { db } = deps.store;
  const incidentId = row.incident_id ?? '';
  const seen = await inboxItem(db, { personId: channel.person_id, now }, incidentId);
  const told = (await toldOf(db, channel.id, incidentId)).filter(({ id }) => id !== row.id);
  const incident = seen?.incident ?? null;
  const { quiet_hours: quiet } = await preferencesOf(db, channel.person_id);
  const goesThrough = incident?.severity === 'critical' && quiet?.let_critical_through;
  const decision = decideDelivery({
    about: row.about as Change,
    channel: { removed: channel.removed_at !== null, enabled: channel.enabled, rules: channel.rules },
    incident,
    stillTrue: incident !== null && stillTrue(deps, incident),
    read: seen !== null && !seen.unread && seen.muted_by === null && incident?.part_of === null,
    muted: (seen?.muted_by ?? null) !== null,
    quietUntil: goesThrough ? null : quietUntil(quiet, now),
    told,
  });
  const link = `${deps.options.publicUrl()}/inbox/${encodeURIComponent(incidentId)}`;
  return { decision, news: { id: row.id, about: row.about, at: now, incident, link } };
}
