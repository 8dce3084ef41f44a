import type { Incident } from '#lib/contract/incidents.ts';
import { type Change, wantsIt, whenDue } from '#lib/domain/channel-delivery.ts';
import { titleOf } from '#lib/domain/channel-text.ts';
import { openChannels } from '#lib/store/channels.ts';
import type { Db } from '#lib/store/in-transaction.ts';
import { newId } from '#lib/store/new-id.ts';
import { insertDelivery, toldOf } from '#lib/store/outbox.ts';
import type { Deps } from './deps.ts';
import { isNobodys } from './person.ts';

/**
 * Puts what happened to incidents into the outbox of every channel that wants to hear of it, in the transaction in which
 * it happened: either both are in the store or neither is. The worker reads the facts again before it sends.
 */
export async function queueDeliveries(
  tx: Db,
  deps: Pick<Deps, 'now' | 'outbox' | 'options'>,
  changes: readonly { incident: Incident; about: Change }[],
): Promise<void> {
  if (changes.length === 0) return;
  const channels = (await openChannels(tx)).filter((channel) => !isNobodys(channel.person_id, deps));
  const now = deps.now();
  for (const { incident, about } of changes) {
    for (const channel of channels) {
      if (!wantsIt(channel.rules, incident, about)) continue;
      const due = whenDue(incident, about, await toldOf(tx, channel.id, incident.id), now);
      if (due === null) continue;
      const title = titleOf({ id: '', about, at: now, incident, link: '' });
      await insertDelivery(tx, {
        ...{ id: newId(), channel_id: channel.id, incident_id: incident.id, about, title, state: 'waiting', attempts: 0, why: '' },
        dedupe: `${about} ${incident.id} ${about === 'closed' ? `${incident.rev} ${incident.closed_at}` : incident.rev}`,
        ...{ created_at: now, first_at: null, due_at: due, ended_at: null },
      });
      deps.outbox.expect(due);
    }
  }
}
