import { z } from 'zod';
import {
  allDelegationsQuerySchema,
  DELEGATION_STATES,
  type DelegationDetail,
  type DelegationEdges,
  type DelegationPage,
  type DelegationRow,
  type DelegationState,
  ENDED_DELEGATION_STATES,
  edgesQuerySchema,
} from '#lib/contract/delegations.ts';
import { CanvasError } from '#lib/contract/errors.ts';
import { workspaceIdSchema } from '#lib/contract/workspaces.ts';
import { isEnded } from '#lib/domain/delegation-run.ts';
import { scrub } from '#lib/domain/scrub.ts';
import { type DelegationFilter, delegationsPage } from '#lib/store/delegation-lists.ts';
import { textsOf } from '#lib/store/delegation-texts.ts';
import { delegationById, edgesSince } from '#lib/store/delegations.ts';
import type { Actor } from './actor.ts';
import { allowOperator, refuseStranger } from './allow.ts';
import type { OpenDelegation } from './delegation-book.ts';
import { shownDelegations, stuckNow } from './delegation-view.ts';
import type { Deps } from './deps.ts';
import { readVerb } from './verb.ts';

const MAX_EDGES = 5000;
/** As many as one statement may name. */
const MAX_STUCK = 10_000;
const byDid = z.object({ did: workspaceIdSchema });

export const allDelegations = readVerb({
  name: 'allDelegations',
  input: allDelegationsQuerySchema,
  allow: allowOperator,
  run: async ({ deps, now }, { limit, cursor, state, source, target, workspace, trace, q }): Promise<DelegationPage> => {
    const stuck = deps.delegations.open.filter((open) => stuckNow(deps, open) !== null);
    const filter = { ...statesOf(state, stuck), source, target, workspace, trace, text: q };
    const { rows, next } = await delegationsPage(deps.store.db, filter, { limit, cursor });
    return { items: await shownDelegations(deps, rows), next, counts: { ...(await countsOf(deps)), stuck: stuck.length }, now };
  },
});

export const getDelegation = readVerb({
  name: 'getDelegation',
  input: byDid,
  allow: (actor) => {
    if (actor.kind === 'anonymous') refuseStranger(actor);
  },
  run: async ({ actor, deps }, { did }): Promise<DelegationDetail> => {
    const row = await delegationFor(deps, actor, did);
    const [shown] = await shownDelegations(deps, [row]);
    const { task, response } = (await textsOf(deps.store.db, did)) ?? { task: '', response: '' };
    return { ...(shown as DelegationDetail), task: String(scrub(task).value), response };
  },
});

export const delegationEdges = readVerb({
  name: 'delegationEdges',
  input: edgesQuerySchema,
  allow: allowOperator,
  run: async ({ deps, now }, { since_secs }): Promise<DelegationEdges> => ({
    items: await edgesSince(deps.store.db, now - since_secs * 1000, MAX_EDGES),
    now,
  }),
});

/** The row, for an operator or a workspace at either end; for any other there is none. */
export async function delegationFor(deps: Deps, actor: Actor, did: string): Promise<DelegationRow> {
  const row = await delegationById(deps.store.db, did);
  const mine = row && (actor.kind !== 'workspace' || actor.id === row.source_id || actor.id === row.target_id);
  if (mine) return row;
  throw new CanvasError('not_found', `There is no delegation ${did}. What ended is kept for 90 days.`);
}

/** `open`, `ended`, `stuck`, or states separated by commas. */
function statesOf(state: string | undefined, stuck: OpenDelegation[]): DelegationFilter {
  if (state === undefined || state === '') return {};
  if (state === 'open') return { open: true };
  if (state === 'ended') return { states: ENDED_DELEGATION_STATES };
  if (state === 'stuck') return { open: true, ids: newestOf(stuck) };
  const asked = state.split(',').map((part) => part.trim());
  const states = asked.filter((part): part is DelegationState => (DELEGATION_STATES as readonly string[]).includes(part));
  if (states.length < asked.length) {
    const known = ['open', 'ended', 'stuck', ...DELEGATION_STATES].join(', ');
    throw new CanvasError('bad_request', `"${state.slice(0, 100)}" is no state of a delegation. Known are: ${known}.`);
  }
  return { states, open: states.every((one) => !isEnded(one)) || undefined };
}

function newestOf(stuck: OpenDelegation[]): string[] {
  const newest = [...stuck].sort((a, b) => b.created_at - a.created_at);
  return newest.slice(0, MAX_STUCK).map(({ id }) => id);
}

/** Open ones as they are now; ended ones of the last 24 hours. */
async function countsOf(deps: Deps): Promise<Record<DelegationState, number>> {
  const counts = { pending: 0, dispatched: 0, queued: 0, in_progress: 0, ...(await deps.delegations.endedOfDay()) };
  for (const { status } of deps.delegations.open) counts[status] += 1;
  return counts;
}
