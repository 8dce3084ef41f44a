import { z } from 'zod';
import { CanvasError } from '#lib/contract/errors.ts';
import {
  assignIncidentSchema,
  type InboxItem,
  type InboxPage,
  type IncidentDetail,
  inboxQuerySchema,
  type ReadAnswer,
  readInboxSchema,
} from '#lib/contract/inbox.ts';
import { workspaceIdSchema } from '#lib/contract/workspaces.ts';
import type { Db } from '#lib/store/in-transaction.ts';
import { type InboxRow, inboxCounts, inboxItem, inboxPage, markAllRead, markRead, type Reader } from '#lib/store/inbox.ts';
import { addEntries, entriesOf, incidentById, saveAssignee, shownIncident } from '#lib/store/incidents.ts';
import { mutesOf } from '#lib/store/mutes.ts';
import { newId } from '#lib/store/new-id.ts';
import { deliveriesOfIncident } from '#lib/store/outbox.ts';
import { eventActorOf } from './actor.ts';
import { allowOperator } from './allow.ts';
import type { Deps } from './deps.ts';
import { changedEvent } from './incident-desk.ts';
import { shownMute } from './mute-verbs.ts';
import { personOf } from './person.ts';
import { readVerb, writeVerb } from './verb.ts';

const byIncident = z.object({ incident: workspaceIdSchema });

export const listInbox = readVerb({
  name: 'inbox',
  input: inboxQuerySchema,
  allow: allowOperator,
  run: async ({ actor, deps, now }, filter): Promise<InboxPage> => {
    const reader = { personId: personOf(actor).id, now };
    const { rows, next } = await inboxPage(deps.store.db, reader, filter);
    return {
      items: rows.map((row) => itemOf(deps, row, reader)),
      next,
      counts: await inboxCounts(deps.store.db, reader),
      mutes: (await mutesOf(deps.store.db, reader.personId, now)).map((mute) => shownMute(deps, mute)),
      now,
    };
  },
});

export const getIncident = readVerb({
  name: 'getIncident',
  input: byIncident,
  allow: allowOperator,
  run: async ({ actor, deps, now }, { incident: id }): Promise<IncidentDetail> => {
    const reader = { personId: personOf(actor).id, now };
    const row = await inboxItem(deps.store.db, reader, id);
    if (!row) throw unknown(id);
    return {
      ...itemOf(deps, row, reader),
      entries: await entriesOf(deps.store.db, id),
      deliveries: await deliveriesOfIncident(deps.store.db, id, reader.personId),
    };
  },
});

/** Reading is one's own affair: nobody else is told, and neither ledger nor audit learn of it. */
export const readInbox = readVerb({
  name: 'readInbox',
  input: readInboxSchema,
  allow: (actor, input) => {
    allowOperator(actor);
    if (input.all && !input.read) {
      throw new CanvasError(
        'bad_request',
        'Everything at once can only be read. To take that back, send the ids that it answered with read: false.',
      );
    }
  },
  run: async ({ actor, deps, now }, { ids, before, read }): Promise<ReadAnswer> => {
    const reader = { personId: personOf(actor).id, now };
    const mark = (tx: Db) => (ids ? markRead(tx, reader, ids, read) : markAllRead(tx, reader, Math.min(before ?? now, now)));
    const changed = await deps.incidents.write((desk) => mark(desk.tx));
    return { ids: changed, counts: await inboxCounts(deps.store.db, reader) };
  },
});

export const assignIncident = writeVerb({
  name: 'assignIncident',
  input: byIncident.and(assignIncidentSchema),
  allow: allowOperator,
  run: async ({ actor, deps, now, tx }, { incident: id, to }) => {
    const known = await incidentById(tx, id);
    if (!known) throw unknown(id);
    const person = personOf(actor);
    const [assignee_id, assignee_name] = to === 'me' ? [person.id, person.name] : [null, null];
    const isNews = known.assignee_id !== assignee_id;
    const assigned = { ...known, assignee_id, assignee_name };
    const text = assignee_name === null ? `${person.name} gave it back` : `${assignee_name} takes care of it`;
    if (isNews) {
      await saveAssignee(tx, assigned);
      await addEntries(tx, [{ id: newId(now), incident_id: id, at: now, kind: 'assigned', text, attachments: [] }]);
    }
    const reader = { personId: person.id, now };
    const row = await inboxItem(tx, reader, id);
    if (!row) throw unknown(id);
    return {
      result: itemOf(deps, row, reader),
      events: isNews ? [changedEvent(assigned, 'assigned', eventActorOf(actor), now)] : [],
      audit: { workspace_id: known.workspace_id, detail: { incident_id: id, to } },
      committed: () => {},
    };
  },
});

/** Under the name that the workspace has now. */
function itemOf(deps: Deps, { incident, unread, muted_by }: InboxRow, reader: Reader): InboxItem {
  const shown = shownIncident(incident);
  const name = shown.workspace_id === null ? undefined : deps.fleet.find(shown.workspace_id)?.row.name;
  return { ...shown, workspace_name: name ?? shown.workspace_name, unread, muted_by, mine: shown.assignee_id === reader.personId };
}

function unknown(id: string): CanvasError {
  return new CanvasError('not_found', `There is no incident ${id}. It may have been closed more than 90 days ago.`);
}
