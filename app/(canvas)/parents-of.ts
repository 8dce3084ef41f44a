import type { CanvasContext } from '#lib/context.ts';
import type { WorkspaceCard } from '#lib/contract/workspaces.ts';

/** More different parents than this on the first screen are left for the browser to learn. */
const MOST = 12;

/** Parents that are named on cards but are not among them: id and name. One that is gone meanwhile is left out. */
export async function parentsOf(
  verbs: CanvasContext['verbs'],
  actor: Parameters<CanvasContext['verbs']['getWorkspace']>[0],
  cards: readonly WorkspaceCard[],
): Promise<{ id: string; name: string }[]> {
  const here = new Set(cards.map((card) => card.id));
  const missing = new Set(cards.map((card) => card.parent_id).filter((id) => id !== null && !here.has(id)));
  const found = await Promise.allSettled([...missing].slice(0, MOST).map((id) => verbs.getWorkspace(actor, { id: id ?? '' })));
  return found.flatMap((one) => (one.status === 'fulfilled' ? [{ id: one.value.id, name: one.value.name }] : []));
}
