import { CanvasError } from '#lib/contract/errors.ts';
import type { Peer } from '#lib/contract/registry.ts';
import type { McpHands } from './hands.ts';
import { read } from './tool.ts';
import { quotedName } from './untrusted.ts';

export async function peersOf(hands: McpHands, q?: string): Promise<Peer[]> {
  const query = q === undefined || q === '' ? '' : `?q=${encodeURIComponent(q)}`;
  return await read<Peer[]>(hands, `/registry/${encodeURIComponent(hands.workspaceId)}/peers${query}`, 'to name the peers');
}

/**
 * The workspace that `given` means: an id, or the name of one peer in any case. What is neither is taken for the id of
 * somebody who is no peer, such as a grandchild: the platform says whether it may be asked.
 */
export async function targetOf(hands: McpHands, given: string): Promise<{ id: string; name: string }> {
  const peers = await peersOf(hands);
  const byId = peers.find(({ id }) => id === given);
  if (byId !== undefined) return byId;
  const wanted = given.trim().toLowerCase();
  const named = peers.filter(({ name }) => name.trim().toLowerCase() === wanted);
  if (named.length > 1)
    throw new CanvasError(
      'conflict',
      `${named.length} workspaces are called ${quotedName(given)}: give one of the ids ${named.map(({ id }) => id).join(', ')}`,
    );
  return named[0] ?? { id: given.trim(), name: given.trim() };
}
