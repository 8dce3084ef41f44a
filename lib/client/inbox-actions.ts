import type { QueryClient } from '@tanstack/react-query';
import type { InboxItem, Mute, ReadAnswer } from '#lib/contract/inbox.ts';
import type { IncidentKind } from '#lib/contract/incidents.ts';
import { callApi } from './api.ts';
import { assignIncident, createMute, deleteMute, inboxKeys, patchIncidents } from './inbox.ts';
import { pageNotices } from './notices.ts';
import { tellTabs } from './tabs.ts';
import { pageUndo } from './undo.ts';

/** What a mute is to cover, and until when; epoch milliseconds, null: until it is taken back. */
export interface MuteWish {
  workspace_id: string | null;
  kind: IncidentKind | null;
  until: number | null;
}

const read = (ids: string[], as: boolean) => callApi<ReadAnswer>('POST /inbox/read', { body: { ids, read: as } });
const covers = (wish: MuteWish) => (item: InboxItem) =>
  (wish.workspace_id === null || wish.workspace_id === item.workspace_id) && (wish.kind === null || wish.kind === item.kind);
const among = (ids: readonly string[]) => (item: InboxItem) => ids.includes(item.id);
/** Whether somebody else takes care of it. */
export const isOthers = ({ mine, assignee_name }: Pick<InboxItem, 'mine' | 'assignee_name'>) => !mine && assignee_name !== null;
/** Stands for the mute that is being made until its id is known. */
const UNNAMED_MUTE = 'new';

/**
 * What a person does in the inbox. Each is on the screen at once, offers to be taken back, and goes back by itself, with
 * the reason, when the platform refuses. None rejects.
 */
export function createInboxActions(client: QueryClient) {
  const settle = () => client.invalidateQueries({ queryKey: inboxKeys.all });
  /** Undefined: it was refused, and said so. */
  const attempt = async <T>(
    concerns: (item: InboxItem) => boolean,
    change: (item: InboxItem) => InboxItem,
    send: () => Promise<T>,
  ): Promise<T | undefined> => {
    // An answer that is on its way knows nothing of this yet, and would undo it on the screen.
    await client.cancelQueries({ queryKey: inboxKeys.all });
    const back = patchIncidents(client, concerns, change);
    try {
      const answer = await send();
      tellTabs();
      return answer;
    } catch (refused) {
      back();
      pageUndo.dismiss();
      pageNotices.fail(refused instanceof Error ? refused.message : 'That did not work. Try again.');
      return undefined;
    } finally {
      void settle();
    }
  };
  const setRead = (ids: string[], as: boolean) =>
    attempt(
      among(ids),
      (item) => ({ ...item, unread: !as }),
      () => read(ids, as),
    );
  const assign = (id: string, to: 'me' | 'nobody', name: string) =>
    attempt(
      among([id]),
      (item) => ({ ...item, mine: to === 'me', assignee_name: to === 'me' ? name : null }),
      () => assignIncident(id, to),
    );
  /** Takes back what `work` did, once that is through. */
  const offer = <T>(text: string, work: Promise<T | undefined>, undo: (done: T) => Promise<unknown>) =>
    pageUndo.offer(text, async () => {
      const done = await work;
      if (done !== undefined) await undo(done);
    });

  return {
    /** Because it was looked at: nothing to take back. */
    seen: (id: string) => setRead([id], true),
    setRead(id: string, as: boolean) {
      offer(as ? 'Marked as read.' : 'Marked as unread.', setRead([id], as), () => setRead([id], !as));
    },
    /** Everything that came up to `before`, the moment of the list that the person looks at. */
    readAll(before: number) {
      const work = attempt(
        (item) => item.last_at <= before,
        (item) => ({ ...item, unread: false }),
        () => callApi<ReadAnswer>('POST /inbox/read', { body: { all: true, before } }),
      );
      offer('Everything is marked as read.', work, ({ ids }) => (ids.length === 0 ? Promise.resolve() : setRead(ids, false)));
    },
    assign(item: InboxItem, name: string) {
      const to = item.mine ? 'nobody' : 'me';
      const work = assign(item.id, to, name);
      // It cannot be given back: the platform assigns an incident to who asks, or to nobody.
      if (isOthers(item)) return pageUndo.dismiss();
      offer(to === 'me' ? 'You take care of it.' : 'Nobody takes care of it now.', work, () =>
        assign(item.id, to === 'me' ? 'nobody' : 'me', name),
      );
    },
    mute(wish: MuteWish, text: string) {
      const work = attempt<Mute>(
        covers(wish),
        (item) => ({ ...item, unread: false, muted_by: UNNAMED_MUTE }),
        () => createMute(wish),
      );
      offer(text, work, async (mute) => {
        await deleteMute(mute.id);
        tellTabs();
        await settle();
      });
    },
    async unmute(mute: Mute, text: string): Promise<boolean> {
      const taken = await attempt(
        (item) => item.muted_by === mute.id,
        (item) => ({ ...item, muted_by: null }),
        () => deleteMute(mute.id).then(() => true),
      );
      if (taken === true)
        pageUndo.offer(text, async () => {
          await createMute({ workspace_id: mute.workspace_id, kind: mute.kind, until: mute.until });
          tellTabs();
          await settle();
        });
      return taken === true;
    },
  };
}
export type InboxActions = ReturnType<typeof createInboxActions>;
