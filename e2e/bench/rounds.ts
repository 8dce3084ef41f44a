/**
 * Runs `round` until `count` of them counted. A round answers null when it says nothing (the machine was too busy with
 * something else); when as many rounds as wanted said nothing, the measure gives up.
 */
export async function rounds<T>(count: number, round: (n: number) => Promise<T | null>): Promise<T[]> {
  const counted: T[] = [];
  let empty = 0;
  while (counted.length < count) {
    const result = await round(counted.length + 1);
    if (result !== null) counted.push(result);
    else empty += 1;
    if (empty > count) throw new Error(`${empty} rounds were shed by the platform: this machine is too busy to measure on.`);
  }
  return counted;
}
