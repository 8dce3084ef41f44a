const RETRY_MS = [250, 1000, 2000, 5000] as const;

/**
 * Does `work` until it succeeds, waiting longer after each failure; `failed` hears of every one. Answers null once
 * `ending` is aborted, and starts no further attempt then.
 */
export async function keepTrying<T>(
  work: () => Promise<T>,
  ending: AbortSignal,
  failed: (error: unknown, failures: number) => void,
): Promise<T | null> {
  for (let failures = 0; !ending.aborted; ) {
    try {
      return await work();
    } catch (error) {
      if (ending.aborted) return null;
      failures += 1;
      failed(error, failures);
      await pauseAfterFailures(failures, ending);
    }
  }
  return null;
}

/** Waits longer after each of so many failures in a row; less when `ending` aborts, and not at all when it has. */
export function pauseAfterFailures(failures: number, ending: AbortSignal): Promise<void> {
  const ms = RETRY_MS[Math.min(failures - 1, RETRY_MS.length - 1)] ?? 5000;
  if (ending.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const over = () => {
      clearTimeout(timer);
      ending.removeEventListener('abort', over);
      resolve();
    };
    const timer = setTimeout(over, ms);
    ending.addEventListener('abort', over);
  });
}
