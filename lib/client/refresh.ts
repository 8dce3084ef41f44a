/**
 * Does `work` soon after it is asked for: the first time at once, then at most once in `everyMs`, and never while the one
 * before goes on. Asked for meanwhile, however often, it is done once more: what is asked of a busy platform does not pile up.
 */
export function createRefresh(work: () => Promise<unknown>, everyMs: number): { soon(): void; stop(): void } {
  let timer: ReturnType<typeof setTimeout> | null = null;
  let working = false;
  let wanted = false;
  let lastAt = Number.NEGATIVE_INFINITY;
  const schedule = () => {
    timer = setTimeout(() => void go(), Math.max(0, lastAt + everyMs - performance.now()));
  };
  const go = async () => {
    timer = null;
    wanted = false;
    working = true;
    // Whoever shows what was fetched says why it could not be: here a refusal only ends this turn.
    await work().catch(() => undefined);
    working = false;
    lastAt = performance.now();
    if (wanted) schedule();
  };
  return {
    soon() {
      wanted = true;
      if (!working && timer === null) schedule();
    },
    stop() {
      if (timer !== null) clearTimeout(timer);
      wanted = false;
    },
  };
}
