import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Kysely, SqliteDialect } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { activityQuerySchema } from '#lib/contract/activity.ts';
import { activityOf, fetchedActivity, insertActivity, pruneActivity } from './activity.ts';
import { apiTokensOf } from './api-tokens.ts';
import { bulkItemsOf, runOfBulkItem, shownBulkItems } from './bulk-restarts.ts';
import { channelsOf } from './channels.ts';
import { delegationsOf } from './delegation-lists.ts';
import { hoursOf, minutesOf, minutesOfAll } from './history.ts';
import type { Db } from './in-transaction.ts';
import { inboxCounts, inboxItem, inboxPage, markAllRead, markRead } from './inbox.ts';
import {
  addEntries,
  countAway,
  entriesOf,
  incidentsOfKeys,
  openIncidents,
  openIncidentsOf,
  openPartsOf,
  pruneIncidents,
  quietIncidents,
} from './incidents.ts';
import { eventsAfter, newestEvents, oldestSeq, pruneLedger } from './ledger.ts';
import {
  messageById,
  messageByKey,
  messagesByActivity,
  openMessages,
  pruneMessages,
  putBackDelivering,
  queueOf,
  statesOfRun,
  textsOfMessage,
} from './messages.ts';
import { mutesOf } from './mutes.ts';
import { sqliteFile } from './open-sqlite.ts';
import { openStore } from './open-store.ts';
import { deliveriesOfChannel, deliveriesOfIncident, lastAttempt, nextDelivery, pruneOutbox, putBackSending, toldOf } from './outbox.ts';
import { newestRun, openRuns, pruneRuns, runById, runsPage, stampsOf } from './restart-runs.ts';
import { latestSnapshot, removeSnapshotsOf, snapshotBefore, snapshotById, snapshotsInUse, snapshotsOf } from './snapshots.ts';
import { sqliteDatabase } from './sqlite-database.ts';
import type { Tables } from './tables.ts';
import { endOlder, hasAnyToken, tokensOf } from './tokens.ts';
import { delegationsToldInWords } from './told-delegation.ts';

const dataDir = mkdtempSync(join(tmpdir(), 'canvas-plans-'));
const asked: { sql: string; parameters: readonly unknown[] }[] = [];
let database: ReturnType<typeof sqliteDatabase>;
let db: Kysely<Tables>;

beforeAll(async () => {
  await (await openStore({ dataDir })).close();
  database = sqliteDatabase(sqliteFile(dataDir));
  db = new Kysely<Tables>({ dialect: new SqliteDialect({ database }), log: ({ query }) => void asked.push(query) });
});

afterAll(async () => {
  await db.destroy();
  rmSync(dataDir, { recursive: true, force: true });
});

/** How SQLite would carry out every statement that `work` sends. */
async function plansOf(work: (db: Db) => Promise<unknown>): Promise<string[]> {
  asked.length = 0;
  await work(db);
  return [...asked].flatMap(({ sql, parameters }) =>
    database
      .prepare(`explain query plan ${sql}`)
      .all(parameters)
      .map((row) => (row as { detail: string }).detail),
  );
}

const query = (some: Record<string, unknown>) => activityQuerySchema.parse(some);

test.each<[string, (db: Db) => Promise<unknown>]>([
  ['activity, newest first', (on) => activityOf(on, 'w', query({}), 0)],
  ['activity of a type', (on) => activityOf(on, 'w', query({ type: 'a2a_receive', source: 'canvas' }), 0)],
  ['activity since a time', (on) => activityOf(on, 'w', query({ since_secs: 60, before_ts: 5 }), 0)],
  [
    'activity after a row',
    async (on) => {
      const known = { id: 'known', workspace_id: 'w', activity_type: 'error', summary: '', status: '', created_at: 1 } as const;
      const nothing = {
        source_id: null,
        target_id: null,
        method: null,
        request_body: null,
        response_body: null,
        duration_ms: null,
        error_detail: null,
        trace_id: null,
      };
      await insertActivity(on, { ...known, ...nothing }, 'agent');
      asked.length = 0;
      return activityOf(on, 'w', query({ since_id: 'known', type: 'a2a_receive' }), 0);
    },
  ],
  ['activity with one other', (on) => activityOf(on, 'w', query({ peer_id: 'v', type: 'a2a_send' }), 0)],
  ['activity from people', (on) => activityOf(on, 'w', query({ source: 'canvas' }), 0)],
  ['activity of a type from people', (on) => activityOf(on, 'w', query({ source: 'canvas', type: 'a2a_receive' }), 0)],
  ['what it noted itself', (on) => activityOf(on, 'w', { ...query({ type: 'a2a_receive' }), noted: true }, 0)],
  ['what it fetched and has not answered', (on) => fetchedActivity(on, 'w', 10)],
  ['pruning activity', (on) => pruneActivity(on, 5, 10)],
  ['the texts of a message', (on) => textsOfMessage(on, 'id')],
  ['messages by what told of them', (on) => messagesByActivity(on, 'w', ['a', 'b'])],
  ['delegations, first page', (on) => delegationsOf(on, 'w', { limit: 10 })],
  ['delegations, next page', (on) => delegationsOf(on, 'w', { limit: 10, cursor: Buffer.from('5 id').toString('base64url') })],
  ['minutes of all', (on) => minutesOfAll(on, 100).next()],
  ['events after', (on) => eventsAfter(on, 5, 10)],
  ['newest events', (on) => newestEvents(on, { limit: 10 })],
  ['newest events of one', (on) => newestEvents(on, { workspaceId: 'w', limit: 10 })],
  ['oldest event', (on) => oldestSeq(on)],
  ['pruning', (on) => pruneLedger(on, 5)],
  ['tokens of one', (on) => tokensOf(on, 'w')],
  ['items of a bulk restart', (on) => bulkItemsOf(on, 'b')],
  ['its items with their runs', (on) => shownBulkItems(on, 'b')],
  ['the run of one item', (on) => runOfBulkItem(on, 'b', 'w')],
  ['API tokens of a person', (on) => apiTokensOf(on, 'ada')],
  ['any token of one', (on) => hasAnyToken(on, 'w')],
  ['ending older tokens', (on) => endOlder(on, 'w', 'id', 5)],
  ['runs, first page', (on) => runsPage(on, { limit: 10 })],
  ['runs, next page', (on) => runsPage(on, { limit: 10, cursor: Buffer.from('5 id').toString('base64url') })],
  ['runs of one', (on) => runsPage(on, { workspaceId: 'w', limit: 10, cursor: Buffer.from('5 id').toString('base64url') })],
  ['the newest run of one', (on) => newestRun(on, 'w')],
  ['one run', (on) => runById(on, 'id')],
  ['the stamps of a run', (on) => stampsOf(on, 'id')],
  ['snapshots of one', (on) => snapshotsOf(on, 'w')],
  ['one snapshot', (on) => snapshotById(on, 'id')],
  ['the newest snapshot of a run', (on) => latestSnapshot(on, 'w', { runId: 'r', bootId: 'b', after: 5 })],
  ['the snapshot before one', (on) => snapshotBefore(on, { id: 'id', workspace_id: 'w', received_at: 5 })],
  ['snapshots in use', (on) => snapshotsInUse(on, 'w')],
  ['the queue of one', (on) => queueOf(on, 'w', { state: 'all', limit: 10 })],
  ['one message', (on) => messageById(on, 'id')],
  ['the same message', (on) => messageByKey(on, { workspace_id: 'w', lane: 'l', message_id: 'm' })],
  ['messages of a run', (on) => statesOfRun(on, 'r')],
  ['open messages', (on) => openMessages(on)],
  ['putting messages back', (on) => putBackDelivering(on, 'why')],
  ['pruning messages', (on) => pruneMessages(on, 5, 10)],
  ['removing the snapshots of one', (on) => removeSnapshotsOf(on, 'w')],
  ['what a channel was told of an incident', (on) => toldOf(on, 'c', 'i')],
  ['the newest attempt of a channel', (on) => lastAttempt(on, 'c')],
  ['the log of a channel', (on) => deliveriesOfChannel(on, { id: 'c', name: 'n', kind: 'slack' }, 10)],
  ['what was sent of an incident', (on) => deliveriesOfIncident(on, 'i', 'ada')],
  ['pruning the outbox', (on) => pruneOutbox(on, 5)],
  ['channels of a person', (on) => channelsOf(on, 'ada')],
])('%s: reads along an index and sorts nothing', async (_name, work) => {
  const plans = await plansOf(work);
  expect(plans.length).toBeGreaterThan(0);
  // A walk along an index stops at its limit: the newest or the oldest rows.
  for (const plan of plans) expect(plan).toMatch(/^(SEARCH .* USING |SCAN (ledger|restart_runs) USING (COVERING )?INDEX|SCALAR SUBQUERY)/);
});

test('runs under way are walked along an index of their own, however many have ended', async () => {
  const walk = ['SCAN restart_runs USING INDEX open_runs_by_time'];
  expect(await plansOf((on) => openRuns(on))).toEqual(walk);
  expect(await plansOf((on) => runsPage(on, { active: true, limit: 10 }))).toEqual(walk);
  expect(await plansOf((on) => runsPage(on, { workspaceId: 'w', active: true, limit: 10 }))).toContain(
    'SEARCH restart_runs USING INDEX one_open_run (workspace_id=?)',
  );
});

test('what waits in the outbox is walked along an index of its own, however much was sent', async () => {
  for (const work of [(on: Db) => nextDelivery(on, ['c']), (on: Db) => putBackSending(on)]) {
    expect(await plansOf(work)).toEqual(['SCAN outbox USING INDEX outbox_due']);
  }
});

test('old runs are found by their time, and only they', async () => {
  const plans = await plansOf((on) => pruneRuns(on, 5));
  expect(plans).toContain('SEARCH restart_runs USING INDEX runs_by_time (requested_at<?)');
  expect(plans.filter((plan) => plan.startsWith('SCAN'))).toEqual([]);
});

test('one ring is found by its key and put in order in memory: it has 24 or 2,160 rows', async () => {
  for (const [work, table] of [
    [minutesOf, 'history_minutes'],
    [hoursOf, 'history_hours'],
  ] as const) {
    expect((await plansOf((on) => work(on, 'w', 100)))[0]).toMatch(new RegExp(`^SEARCH ${table} USING INDEX .* \\(workspace_id=\\?\\)`));
  }
});

test('a large answer still begins at its place in the index', async () => {
  expect(await plansOf((on) => activityOf(on, 'w', query({ type: 'error' }), 0))).toEqual([
    'SEARCH activity USING INDEX activity_of_type (workspace_id=? AND activity_type=?)',
  ]);
  expect(await plansOf((on) => minutesOfAll(on, 100).next())).toEqual([
    'SEARCH history_minutes USING INDEX history_minutes_by_hour ((hour,workspace_id)>(?,?))',
  ]);
});

const ada = { personId: 'ada', now: 5 };

test.each<[string, (db: Db) => Promise<unknown>]>([
  ['incidents of keys', (on) => incidentsOfKeys(on, ['k'])],
  ['open incidents of kinds since a time', (on) => openIncidents(on, { from: 5, kinds: ['offline', 'failed'] })],
  ['open incidents of one', (on) => openIncidentsOf(on, 'w')],
  ['what a mass incident swallowed', (on) => openPartsOf(on, 'm')],
  ['entries', (on) => entriesOf(on, 'i')],
  ['adding entries', (on) => addEntries(on, [{ id: 'e', incident_id: 'i', at: 1, kind: 'said', text: '', attachments: [] }])],
  ['the inbox, open', (on) => inboxPage(on, ada, { view: 'open', limit: 10 })],
  ['the inbox, mine', (on) => inboxPage(on, ada, { view: 'mine', limit: 10 })],
  ['the inbox, all', (on) => inboxPage(on, ada, { view: 'all', limit: 10 })],
  ['the inbox of a workspace', (on) => inboxPage(on, ada, { view: 'all', workspace: 'w', limit: 10 })],
  ['one item', (on) => inboxItem(on, ada, 'i')],
  ['marking as read', (on) => markRead(on, ada, ['i'], true)],
  ['mutes of a person', (on) => mutesOf(on, 'ada', 5)],
  ['pruning incidents', (on) => pruneIncidents(on, 5)],
  ['delegations told in words', (on) => delegationsToldInWords(on, 's', { status: 'completed', summary: 'x' })],
])('%s: a walk or a search along an index, and nothing is sorted', async (_name, work) => {
  const plans = await plansOf(work);
  expect(plans.length).toBeGreaterThan(0);
  for (const plan of plans) expect(plan).toMatch(/^(SEARCH .* USING |SCAN incidents USING INDEX |(CORRELATED )?(SCALAR|LIST) SUBQUERY)/);
});

test('those of a mass incident who are away are found along an index, and counted in memory', async () => {
  expect(await plansOf((on) => countAway(on, 'm'))).toContain('SEARCH incidents USING INDEX incidents_of_mass (part_of=?)');
});

test('what is quiet is walked along the index of what is open, however much was closed', async () => {
  expect(await plansOf((on) => quietIncidents(on, { agent_message: 5, delegation: 5, injection: 3 }, 10))).toEqual([
    'SEARCH incidents USING INDEX incidents_open (last_at<?)',
  ]);
});

test('what somebody has not read is found without reading what they have, nor the long details', async () => {
  for (const work of [(on: Db) => inboxCounts(on, ada), (on: Db) => markAllRead(on, ada, 5)]) {
    const plans = await plansOf(work);
    expect(plans).toContain('SEARCH incidents USING COVERING INDEX incidents_news (rev>? AND rev<?)');
    expect(plans).toContain('SEARCH inbox_reads USING COVERING INDEX unread_again (person_id=?)');
    expect(plans.filter((plan) => /^SCAN incidents(?! USING INDEX incidents_open)/.test(plan))).toEqual([]);
  }
});

test('what needs a person is counted without reading what only tells something', async () => {
  expect(await plansOf((on) => inboxCounts(on, ada))).toContain('SEARCH incidents USING COVERING INDEX incidents_alerts (rev>? AND rev<?)');
});
