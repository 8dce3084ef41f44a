/**
 * The order to show: the wanted one, or, while it is held, the one that is shown already, without those that are gone
 * and with new ones at the end. Answers `shown` itself when nothing is different, so that nothing renders.
 */
export function settleOrder(shown: readonly string[], wanted: readonly string[], held: boolean): readonly string[] {
  if (shown.length === wanted.length && shown.every((id, i) => id === wanted[i])) return shown;
  if (!held) return wanted;
  const left = new Set(wanted);
  const kept = shown.filter((id) => left.delete(id));
  return kept.length === shown.length && left.size === 0 ? shown : [...kept, ...left];
}
