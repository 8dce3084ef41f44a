/** How many workspaces lie below one, at any depth. A ring of parents, which nothing should make, is counted once. */
export function countBelow(cards: readonly { id: string; parent_id: string | null }[], id: string): number {
  const children = new Map<string, string[]>();
  for (const card of cards) {
    if (card.parent_id === null) continue;
    const kept = children.get(card.parent_id);
    if (kept) kept.push(card.id);
    else children.set(card.parent_id, [card.id]);
  }
  const seen = new Set([id]);
  const open = [id];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const child of children.get(next) ?? []) {
      if (seen.has(child)) continue;
      seen.add(child);
      open.push(child);
    }
  }
  return seen.size - 1;
}
