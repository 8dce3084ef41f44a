/**
 * Does `work` for every item, `atOnce` of them at a time. After the first failure (or once `signal` is aborted) no further
 * item is begun; it rejects with that failure when those on their way have ended, so that nothing goes on behind its back.
 */
export async function eachOf<T>(
  items: readonly T[],
  atOnce: number,
  work: (item: T, index: number) => Promise<void>,
  signal?: AbortSignal,
): Promise<void> {
  let next = 0;
  let failed: { error: unknown } | null = null;
  const worker = async () => {
    while (next < items.length && failed === null && !signal?.aborted) {
      const index = next;
      next += 1;
      try {
        await work(items[index] as T, index);
      } catch (error) {
        failed ??= { error };
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, worker));
  if (failed) throw (failed as { error: unknown }).error;
}
