export interface Paced {
  /** Has it done soon; asked while it is being done, once more afterwards. */
  ask(): void;
  stop(): void;
}

/** Does `work` when asked, one after another and at most every `everyMs`; what failed is done again after `againMs`. */
export function paced(work: () => Promise<void>, { everyMs, againMs }: { everyMs: number; againMs: number }): Paced {
  let timer: ReturnType<typeof setTimeout> | null = null;
  let isAtWork = false;
  let isAsked = false;
  let isStopped = false;
  let begunAt = Number.NEGATIVE_INFINITY;

  const soon = (ms: number) => {
    if (!isStopped) timer ??= setTimeout(() => void go(), ms);
  };
  const inTurn = () => soon(Math.max(0, begunAt + everyMs - performance.now()));
  const go = async () => {
    timer = null;
    isAtWork = true;
    isAsked = false;
    begunAt = performance.now();
    const isDone = await work().then(
      () => true,
      () => false,
    );
    isAtWork = false;
    if (!isDone) soon(againMs);
    else if (isAsked) inTurn();
  };
  return {
    ask: () => {
      isAsked = true;
      if (!isAtWork) inTurn();
    },
    stop: () => {
      isStopped = true;
      if (timer !== null) clearTimeout(timer);
    },
  };
}
