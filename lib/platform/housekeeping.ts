import { IDEMPOTENCY_MS } from '#lib/contract/delegations.ts';
import { KEPT_DAYS } from '#lib/contract/kept-days.ts';
import { pruneActivity } from '#lib/store/activity.ts';
import { pruneAudit } from '#lib/store/audit.ts';
import { pruneBulks } from '#lib/store/bulk-restarts.ts';
import { pruneChannels } from '#lib/store/channels.ts';
import { pruneKeys } from '#lib/store/delegation-texts.ts';
import { pruneDelegations } from '#lib/store/delegations.ts';
import { inTransaction } from '#lib/store/in-transaction.ts';
import { pruneIncidents } from '#lib/store/incidents.ts';
import { pruneJoinCodes } from '#lib/store/join-codes.ts';
import { newestSeq, pruneLedger } from '#lib/store/ledger.ts';
import { pruneMemories } from '#lib/store/memories.ts';
import { pruneMessages } from '#lib/store/messages.ts';
import { pruneMutes } from '#lib/store/mutes.ts';
import { pruneOutbox } from '#lib/store/outbox.ts';
import { pruneRuns } from '#lib/store/restart-runs.ts';
import type { Deps } from './deps.ts';

const EVERY_MS = 60 * 60_000;
const DAY_MS = 86_400_000;
/** Rows of the ledger that are kept: months of an ordinary fleet, a few hundred MB at the most. */
export const LEDGER_ROWS = 1_000_000;
const AT_ONCE = 2000;

/** Keeps the ledger bounded. A reader that stood before what is left is told to start again (`reset`). */
export async function pruneOldEvents(deps: Deps, keep = LEDGER_ROWS): Promise<number> {
  const newest = await newestSeq(deps.store.db);
  if (newest <= keep) return 0;
  return deps.oneAtATime(() => pruneLedger(deps.store.db, newest - keep + 1));
}

/**
 * What has no more use: ledger rows beyond the limit, join codes and mutes that ended a day ago, and what is older than its days
 * (`KEPT_DAYS`): audit rows and bulk restarts, messages that ended, activity, restart runs but the newest of each workspace,
 * delegations that ended, incidents that were closed, messages to channels that ended, and removed channels of which no such
 * message is left; keys of delegations after a day, memories of workspaces that were removed a day ago.
 */
export async function cleanUp(deps: Deps): Promise<number> {
  const now = deps.now();
  const events = await pruneOldEvents(deps);
  const audits = await deps.oneAtATime(() => pruneAudit(deps.store.db, now - KEPT_DAYS.audit * DAY_MS));
  const bulks = await deps.oneAtATime(() => inTransaction(deps.store, (tx) => pruneBulks(tx, now - KEPT_DAYS.audit * DAY_MS)));
  const codes = await deps.oneAtATime(() => pruneJoinCodes(deps.store.db, now - DAY_MS));
  const messages = await inParts(deps, (limit) => pruneMessages(deps.store.db, now - KEPT_DAYS.messages * DAY_MS, limit));
  const runs = await deps.oneAtATime(() => inTransaction(deps.store, (tx) => pruneRuns(tx, now - KEPT_DAYS.restarts * DAY_MS)));
  const activity = await inParts(deps, (limit) => pruneActivity(deps.store.db, now - KEPT_DAYS.activity * DAY_MS, limit));
  const incidents = await deps.oneAtATime(() => inTransaction(deps.store, (tx) => pruneIncidents(tx, now - KEPT_DAYS.incidents * DAY_MS)));
  const mutes = await deps.oneAtATime(() => pruneMutes(deps.store.db, now - DAY_MS));
  const sent = await deps.oneAtATime(() => pruneOutbox(deps.store.db, now - KEPT_DAYS.sent * DAY_MS));
  const channels = await deps.oneAtATime(() => pruneChannels(deps.store.db, now - KEPT_DAYS.sent * DAY_MS));
  const delegations = await deps.oneAtATime(() =>
    inTransaction(deps.store, (tx) => pruneDelegations(tx, now - KEPT_DAYS.delegations * DAY_MS)),
  );
  const keys = await deps.oneAtATime(() => pruneKeys(deps.store.db, now - IDEMPOTENCY_MS));
  const memories = await deps.oneAtATime(() => pruneMemories(deps.store.db, now - DAY_MS));
  return events + audits + bulks + codes + messages + runs + activity + incidents + mutes + sent + channels + delegations + keys + memories;
}

/** So that nothing waits long behind one part. */
async function inParts(deps: Deps, prune: (limit: number) => Promise<number>): Promise<number> {
  let removed = 0;
  for (;;) {
    const some = await deps.oneAtATime(() => prune(AT_ONCE));
    removed += some;
    if (some < AT_ONCE) return removed;
  }
}

/** Cleans up once an hour; answers how to stop. A failure is logged and the next hour tries again. */
export function startHousekeeping(deps: Deps): () => void {
  const timer = setInterval(() => {
    cleanUp(deps).then(
      (rows) => rows > 0 && deps.log('info', 'old rows were removed', { rows }),
      (error: unknown) => deps.log('warn', 'old rows could not be removed', { why: String(error) }),
    );
  }, EVERY_MS);
  timer.unref();
  return () => clearInterval(timer);
}
