import { IDEMPOTENCY_MS } from '#lib/contract/delegations.ts';
import { KEPT_DAYS } from '#lib/contract/kept-days.ts';
import { pruneActivity } from '#lib/store/activity.ts';
import { pruneAudit } from '#lib/store/audit.ts';
import { pruneBulks } from '#lib/store/bulk-restarts.ts';
import { pruneChannels } from '#lib/store/channels.ts';
import { pruneKeys } from '#lib/store/delegation-texts.ts';
import { pruneDelegations } from '#lib/store/delegations.ts';
import { type Db, inTransaction } from '#lib/store/in-transaction.ts';
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
const FIRST_MS = 5 * 60_000;
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
 * message is left; keys of delegations after a day, memories of workspaces that were removed a day ago. What fails is logged, and
 * keeps nothing else. Answers how many rows are gone.
 */
export async function cleanUp(deps: Deps): Promise<number> {
  const now = deps.now();
  const { db } = deps.store;
  const older = (days: number) => now - days * DAY_MS;
  const steps: Record<string, () => Promise<number>> = {
    events: () => pruneOldEvents(deps),
    audits: () => deps.oneAtATime(() => pruneAudit(db, older(KEPT_DAYS.audit))),
    bulks: () => together(deps, (tx) => pruneBulks(tx, older(KEPT_DAYS.audit))),
    codes: () => deps.oneAtATime(() => pruneJoinCodes(db, older(1))),
    messages: () => inParts(deps, (limit) => pruneMessages(db, older(KEPT_DAYS.messages), limit)),
    runs: () => together(deps, (tx) => pruneRuns(tx, older(KEPT_DAYS.restarts))),
    activity: () => inParts(deps, (limit) => pruneActivity(db, older(KEPT_DAYS.activity), limit)),
    incidents: () => together(deps, (tx) => pruneIncidents(tx, older(KEPT_DAYS.incidents))),
    mutes: () => deps.oneAtATime(() => pruneMutes(db, older(1))),
    sent: () => deps.oneAtATime(() => pruneOutbox(db, older(KEPT_DAYS.sent))),
    channels: () => deps.oneAtATime(() => pruneChannels(db, older(KEPT_DAYS.sent))),
    delegations: () =>
      inParts(deps, (limit) => inTransaction(deps.store, (tx) => pruneDelegations(tx, older(KEPT_DAYS.delegations), limit))),
    keys: () => deps.oneAtATime(() => pruneKeys(db, now - IDEMPOTENCY_MS)),
    memories: () => deps.oneAtATime(() => pruneMemories(db, older(1))),
  };
  let removed = 0;
  for (const [what, step] of Object.entries(steps)) {
    try {
      removed += await step();
    } catch (thrown) {
      deps.log('warn', 'old rows could not be removed', { what, why: String(thrown) });
    }
  }
  return removed;
}

function together(deps: Deps, prune: (tx: Db) => Promise<number>): Promise<number> {
  return deps.oneAtATime(() => inTransaction(deps.store, prune));
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

/** Cleans up some minutes after the start, and then once an hour; answers how to stop. A failure is logged and the next hour tries again. */
export function startHousekeeping(deps: Deps): () => void {
  let timer = setTimeout(tick, FIRST_MS).unref();
  function tick() {
    timer = setTimeout(tick, EVERY_MS).unref();
    void cleanUp(deps).then((rows) => rows > 0 && deps.log('info', 'old rows were removed', { rows }));
  }
  return () => clearTimeout(timer);
}
