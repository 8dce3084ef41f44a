/**
 * The places, in `before` and in `after`, of the longest sequence of items that both have in the same order. Where the end of one is the beginning of the other,
 * and nothing longer is shared, it is that: a window that moved on. Time and memory grow with the product of the lengths.
 */
export function sharedItems(before: readonly string[], after: readonly string[]): [before: number, after: number][] {
  const numbers = new Map<string, number>();
  const [left, right] = [numbered(before, numbers), numbered(after, numbers)];
  const lengths = sharedLengths(left, right);
  const overlap = movedOn(left, right);
  if (overlap === lengths[0]?.[0]) {
    const from = left.length - overlap;
    return Array.from({ length: overlap }, (_unused, at) => [from + at, at]);
  }
  const kept: [number, number][] = [];
  for (let at = 0, to = 0; at < left.length && to < right.length; ) {
    if (left[at] === right[to]) kept.push([at++, to++]);
    else if (shared(lengths, at + 1, to) >= shared(lengths, at, to + 1)) at += 1;
    else to += 1;
  }
  return kept;
}

/** The same number for the same text: texts may be long, and are compared once. */
function numbered(items: readonly string[], numbers: Map<string, number>): number[] {
  return items.map((item) => {
    const known = numbers.get(item) ?? numbers.size;
    numbers.set(item, known);
    return known;
  });
}

const shared = (lengths: readonly Uint32Array[], at: number, to: number) => lengths[at]?.[to] ?? 0;

/** For every pair of places, how much the rests from there share. */
function sharedLengths(left: readonly number[], right: readonly number[]): Uint32Array[] {
  const lengths = Array.from({ length: left.length + 1 }, () => new Uint32Array(right.length + 1));
  for (let at = left.length - 1; at >= 0; at -= 1) {
    for (let to = right.length - 1; to >= 0; to -= 1) {
      const row = lengths[at] as Uint32Array;
      row[to] =
        left[at] === right[to] ? shared(lengths, at + 1, to + 1) + 1 : Math.max(shared(lengths, at + 1, to), shared(lengths, at, to + 1));
    }
  }
  return lengths;
}

/** The length of the longest end of `left` that `right` begins with. */
function movedOn(left: readonly number[], right: readonly number[]): number {
  for (let from = Math.max(0, left.length - right.length); from < left.length; from += 1) {
    let at = from;
    while (at < left.length && left[at] === right[at - from]) at += 1;
    if (at === left.length) return left.length - from;
  }
  return 0;
}
