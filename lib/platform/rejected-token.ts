import { applyTokenRejected } from '#lib/domain/status-engine.ts';
import { eventActorOf, platformActor } from './actor.ts';
import type { Deps } from './deps.ts';
import { settle } from './settle.ts';

const ACTOR = eventActorOf(platformActor('token check'));

/**
 * Shows on the card that a token was refused, since the runtime itself may report nothing (contract §1). A token that
 * was once this workspace's own proves that its runtime is calling; a stranger's guess proves nothing, so it counts only
 * while the workspace is silent: otherwise anybody could mark a healthy one.
 */
export async function noteRejectedToken(deps: Deps, id: string, wasItsOwn: boolean, now: number): Promise<void> {
  const live = deps.fleet.find(id);
  if (!live) return;
  const { last_beat_at, interval_seconds, token_rejected_at } = live.facts;
  const silent = last_beat_at === null || now - last_beat_at > interval_seconds * 1000;
  if (!wasItsOwn && !silent) return;
  const saved = settle(deps, live, applyTokenRejected(live.facts, now), ACTOR, now);
  if (token_rejected_at !== null) return void (await saved);
  const why = wasItsOwn ? 'It calls with a token that is no longer valid' : 'Somebody calls for it with an unknown token';
  await deps.statuses.submit(live, [{ type: 'token.rejected', workspace_id: id, actor: ACTOR, at: now, data: { why } }]);
}
