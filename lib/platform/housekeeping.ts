import { newestSeq, pruneLedger } from '#lib/store/ledger.ts';
import type { Deps } from './deps.ts';

const EVERY_MS = 60 * 60_000;
/** Rows of the ledger that are kept: months of an ordinary fleet, a few hundred MB at the most. */
export const LEDGER_ROWS = 1_000_000;

/** Keeps the ledger bounded. A reader that stood before what is left is told to start again (`reset`). */
export async function pruneOldEvents(deps: Deps, keep = LEDGER_ROWS): Promise<number> {
  const newest = await newestSeq(deps.store.db);
  if (newest <= keep) return 0;
  return deps.oneAtATime(() => pruneLedger(deps.store.db, newest - keep + 1));
}

/** Runs it once an hour; answers how to stop. A failure is logged and the next hour tries again. */
export function startHousekeeping(deps: Deps): () => void {
  const timer = setInterval(() => {
    pruneOldEvents(deps).then(
      (rows) => rows > 0 && deps.log('info', 'old ledger rows were removed', { rows }),
      (error: unknown) => deps.log('warn', 'old ledger rows could not be removed', { why: String(error) }),
    );
  }, EVERY_MS);
  timer.unref();
  return () => clearInterval(timer);
}
