import { CanvasError } from '#lib/contract/errors.ts';
import { type HeartbeatAnswer, heartbeatSchema } from '#lib/contract/heartbeat.ts';
import { plainBeat } from '#lib/contract/plain-beat.ts';
import { recordBeat } from '#lib/domain/history-ring.ts';
import { applyBeat } from '#lib/domain/status-engine.ts';
import { workspaceOfToken } from '#lib/store/tokens.ts';
import { retireOlder } from './authenticate.ts';
import type { Deps } from './deps.ts';
import type { LiveWorkspace } from './fleet.ts';
import { noteRejectedToken } from './rejected-token.ts';
import { settle } from './settle.ts';
import { hashSecret } from './token-book.ts';
import { parseInput } from './verb.ts';

/** A change of status waits this long for the store; then the runtime is told to try again. Nothing is dropped. */
const SAVE_TIMEOUT_MS = 5000;

/**
 * One beat. Answered from memory; a promise only when something must be in the store first (a change of status, the
 * first use of a rotated token). The hot path of the platform: everything here runs for each beat of each workspace.
 */
export function receiveBeat(deps: Deps, bearer: string | null, body: unknown): HeartbeatAnswer | Promise<HeartbeatAnswer> {
  const now = deps.now();
  const verdict = bearer === null ? null : deps.tokens.verify(bearer, now);
  if (!verdict?.ok) return refuse(deps, bearer, verdict?.workspace_id ?? null, body, now);
  const beat = plainBeat(body) ?? parseInput(heartbeatSchema, body);
  if (beat.workspace_id !== verdict.token.workspace_id) {
    deps.fleet.get(beat.workspace_id);
    void noteRejectedToken(deps, beat.workspace_id, false, now);
    throw new CanvasError('forbidden', `This token belongs to workspace ${verdict.token.workspace_id}, not to ${beat.workspace_id}.`);
  }
  const live = deps.fleet.get(beat.workspace_id);
  const outcome = applyBeat(live.facts, beat, now);
  const nearer = outcome.facts.interval_seconds < live.facts.interval_seconds;
  recordBeat(live.ring, beat, outcome.facts, now);
  const saved = settle(deps, live, outcome, { kind: 'workspace', id: live.row.id, name: live.row.name }, now);
  if (nearer || outcome.transition) deps.clock.place(live);
  deps.unflushed.used(verdict.token, now);
  const superseded = retireOlder(deps, verdict.token, now);
  const answer: HeartbeatAnswer = { status: 'ok', platform_inbound_secret: live.row.inbound_secret };
  return saved === null && superseded === null ? answer : afterSaving(deps, live, [saved, superseded], answer);
}

async function afterSaving(
  deps: Deps,
  live: LiveWorkspace,
  waits: (Promise<void> | null)[],
  answer: HeartbeatAnswer,
): Promise<HeartbeatAnswer> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      deps.log('warn', 'a beat waits for the store', { workspace_id: live.row.id, backlog: deps.statuses.backlog });
      reject(new CanvasError('unavailable', 'The platform cannot save this change of status right now. It is kept; beat again.'));
    }, SAVE_TIMEOUT_MS);
  });
  try {
    await Promise.race([Promise.all(waits), late]);
    return answer;
  } finally {
    clearTimeout(timer);
  }
}

async function refuse(deps: Deps, bearer: string | null, knownOwner: string | null, body: unknown, now: number): Promise<never> {
  if (bearer === null) {
    throw new CanvasError('unauthenticated', 'A heartbeat needs the token of its workspace (Authorization: Bearer …).');
  }
  const { workspace_id: claimed } = parseInput(heartbeatSchema, body);
  const owner = knownOwner ?? (await workspaceOfToken(deps.store.db, hashSecret(bearer)));
  if (owner === claimed || owner === null) deps.fleet.get(claimed);
  await noteRejectedToken(deps, claimed, owner === claimed, now);
  throw new CanvasError(
    'token_rejected',
    owner === claimed
      ? `This token of workspace ${claimed} is no longer valid. Read the newest one from its file, or make one on the workspace's page.`
      : `This token is not one of workspace ${claimed}.`,
  );
}
