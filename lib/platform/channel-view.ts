import type { Channel } from '#lib/contract/channels.ts';
import { shownTarget } from '#lib/domain/channel-target.ts';
import type { StoredChannel } from '#lib/store/channels.ts';
import type { Db } from '#lib/store/in-transaction.ts';
import { lastAttempt } from '#lib/store/outbox.ts';

/** A channel as its person sees it: of what is secret only that it is there. */
export async function shownChannel(db: Db, channel: StoredChannel): Promise<Channel> {
  const { id, kind, name, target, secret, rules, enabled, created_at } = channel;
  const last = await lastAttempt(db, id);
  return {
    ...{ id, kind, name, rules, enabled, created_at },
    shown_target: shownTarget(kind, target),
    settings: kind === 'email' ? target : {},
    has_secret: secret !== null,
    last: last && { at: last.ended_at ?? last.created_at, ok: last.state === 'sent', why: last.why },
  };
}
