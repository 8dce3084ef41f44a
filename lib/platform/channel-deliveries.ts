import { z } from 'zod';
import { type ChannelTest, type DeliveryRow, deliveriesQuerySchema, type PushKey } from '#lib/contract/channels.ts';
import { workspaceIdSchema } from '#lib/contract/workspaces.ts';
import type { ChannelNews } from '#lib/domain/channel-text.ts';
import { titleOf } from '#lib/domain/channel-text.ts';
import { insertAudit } from '#lib/store/audit.ts';
import { inTransaction } from '#lib/store/in-transaction.ts';
import { newId } from '#lib/store/new-id.ts';
import { channelNamesOf, deliveriesOfChannel, insertDelivery, type OutboxRow, shownDelivery } from '#lib/store/outbox.ts';
import { eventActorOf } from './actor.ts';
import { pushKeys } from './channel-secrets.ts';
import { closeGone, sendToChannel } from './channel-send.ts';
import { allowPerson, ownChannel } from './channel-verbs.ts';
import { personOf } from './person.ts';
import { readVerb } from './verb.ts';

/** What went to one's own channels, newest first. */
export const listDeliveries = readVerb({
  name: 'listDeliveries',
  input: deliveriesQuerySchema,
  allow: allowPerson,
  run: async ({ actor, deps }, { channel, limit }): Promise<DeliveryRow[]> => {
    const mine = await channelNamesOf(deps.store.db, personOf(actor).id);
    const asked = mine.filter(({ id }) => channel === undefined || id === channel);
    const logs = await Promise.all(asked.map((name) => deliveriesOfChannel(deps.store.db, name, limit)));
    return logs
      .flat()
      .sort((a, b) => b.created_at - a.created_at || (a.id < b.id ? 1 : -1))
      .slice(0, limit);
  },
});

/**
 * Sends a test now, past the outbox, and answers what the receiver said. A receiver that is gone for good closes its
 * channel, as in the outbox.
 */
export const testChannel = readVerb({
  name: 'testChannel',
  input: z.object({ channel: workspaceIdSchema }),
  allow: allowPerson,
  run: async ({ actor, now, deps }, { channel: id }): Promise<ChannelTest> => {
    const channel = await ownChannel(deps.store.db, actor, id);
    const news: ChannelNews = { id: newId(), about: 'test', at: now, incident: null, link: `${deps.options.publicUrl()}/settings` };
    const outcome = await sendToChannel(deps, channel, news);
    const ended_at = deps.now();
    const state = outcome.state === 'sent' ? 'sent' : 'failed';
    const row: OutboxRow = {
      ...{ id: news.id, channel_id: id, incident_id: null, about: 'test', dedupe: news.id, title: titleOf(news), state },
      ...{ attempts: 1, created_at: now, first_at: now, due_at: now, ended_at, why: outcome.why },
    };
    await deps.oneAtATime(() =>
      inTransaction(deps.store, async (tx) => {
        await insertDelivery(tx, row);
        if (outcome.state === 'refused' && outcome.gone) await closeGone(tx, id, ended_at);
        await insertAudit(tx, {
          ...{ at: now, verb: 'testChannel', actor: eventActorOf(actor), workspace_id: null },
          detail: { channel_id: id, kind: channel.kind, state },
        });
      }),
    );
    return { ok: state === 'sent', why: outcome.why, delivery: shownDelivery(row, channel) };
  },
});

/** The public half of the key that browsers subscribe with. */
export const pushKey = readVerb({
  name: 'pushKey',
  input: z.object({}),
  allow: allowPerson,
  run: async ({ deps }): Promise<PushKey> => ({ public_key: (await pushKeys(deps)).public_key }),
});
