import { z } from 'zod';
import {
  cancelDelegationSchema,
  DEFAULT_DELEGATION_TTL_MS,
  type DelegateAnswer,
  type DelegationRow,
  delegateSchema,
  IDEMPOTENCY_MS,
  MAX_DELEGATION_SUMMARY,
  recordDelegationSchema,
  type ShownDelegation,
  updateDelegationSchema,
} from '#lib/contract/delegations.ts';
import { CanvasError } from '#lib/contract/errors.ts';
import { placeOf } from '#lib/contract/traces.ts';
import { workspaceIdSchema } from '#lib/contract/workspaces.ts';
import { placeOfMessage } from '#lib/domain/a2a-trace.ts';
import { summaryLine } from '#lib/domain/delegation-result.ts';
import { isEnded, nextStep } from '#lib/domain/delegation-run.ts';
import { mayTalk } from '#lib/domain/hierarchy.ts';
import { scrub } from '#lib/domain/scrub.ts';
import { keyHolder, textsOf } from '#lib/store/delegation-texts.ts';
import { delegationById } from '#lib/store/delegations.ts';
import { newId } from '#lib/store/new-id.ts';
import { storableText } from '#lib/store/storable-text.ts';
import type { Actor } from './actor.ts';
import { allowOperator, allowSelf } from './allow.ts';
import type { OpenDelegation } from './delegation-book.ts';
import { delegationFor } from './delegation-reads.ts';
import { shownDelegations } from './delegation-view.ts';
import type { Deps } from './deps.ts';
import { newPlace } from './new-place.ts';
import { readVerb } from './verb.ts';

// These write, and in groups by `deps.writer`, not each in a transaction of its own: a commit for each would be the cost of it.

const byId = z.object({ id: workspaceIdSchema });
const byDid = z.object({ did: workspaceIdSchema });
/** The header of that name. */
const header = z.object({ traceparent_header: z.string().optional() });

/** Keeps a delegation and hands it to the queue of its target. */
export const delegate = readVerb({
  name: 'delegate',
  input: byId.and(delegateSchema).and(header),
  allow: allowSource,
  run: async ({ actor, deps, now }, { id, target_id, task, idempotency_key, expires_in_seconds, ...traced }): Promise<DelegateAnswer> => {
    const key = idempotency_key ? { key: idempotency_key, validFrom: now - IDEMPOTENCY_MS } : null;
    const known = key && (await keyHolder(deps.store.db, id, key.key, key.validFrom));
    if (known) return againFor(deps, known, { id, target_id, task });
    requireReach(deps, id, target_id);
    const row: DelegationRow = {
      ...newRow(deps, actor, { id, target_id, task, traced }),
      expires_at: now + Math.round((expires_in_seconds ?? DEFAULT_DELEGATION_TTL_MS / 1000) * 1000),
      origin: 'platform',
    };
    const holder = await deps.delegations.give({ row, task: storableText(task), response: '', key }, actor);
    if (holder !== null) return againFor(deps, holder, { id, target_id, task });
    return { delegation_id: row.delegation_id, status: 'delegated', target_id, trace_id: row.trace_id };
  },
});

/** Keeps account of one that its source handed over itself. The same id again is the one that is there. */
export const recordDelegation = readVerb({
  name: 'recordDelegation',
  input: byId.and(recordDelegationSchema).and(header),
  allow: allowSource,
  run: async ({ actor, deps, now }, { id, target_id, task, delegation_id, status, response_preview, error, ...traced }) => {
    requireReach(deps, id, target_id);
    const base: DelegationRow = {
      ...newRow(deps, actor, { id, target_id, task, traced }),
      ...(delegation_id ? { delegation_id } : {}),
      expires_at: now + DEFAULT_DELEGATION_TTL_MS,
      origin: 'recorded',
    };
    const told = nextStep(base, { kind: 'told', status, response: response_preview ?? '', error: error ?? '' }, now);
    const { response = '', ...step } = told ?? {};
    const row = { ...base, ...step };
    const known = await deps.delegations.give({ row, task: String(scrub(storableText(task)).value), response, key: null }, actor);
    const kept = known === null ? row : await delegationById(deps.store.db, known);
    if (known !== null && kept) await openOne(deps, kept);
    if (kept?.source_id === id && kept.target_id === target_id && kept.origin === 'recorded') return kept;
    throw new CanvasError(
      'conflict',
      `A delegation ${row.delegation_id} is there already, and it is another one. Leave the id out, or give a new one.`,
    );
  },
});

/** How a recorded one goes. One that has ended stays as it is; told the same again, it answers so. */
export const updateDelegation = readVerb({
  name: 'updateDelegation',
  input: byId.and(byDid).and(updateDelegationSchema),
  allow: (actor, input, deps) => {
    allowSelf(actor, input);
    deps.fleet.get(input.id);
  },
  run: async ({ actor, deps }, { id, did, status, response_preview, error }): Promise<DelegationRow> => {
    const row = await delegationById(deps.store.db, did);
    if (row?.source_id !== id) throw new CanvasError('not_found', `Workspace ${id} has no delegation ${did}.`);
    if (row.origin === 'platform') {
      throw new CanvasError(
        'conflict',
        `The platform itself handed delegation ${did} over and sees how it goes; only recorded ones are told.`,
      );
    }
    const open = await openOne(deps, row);
    const told = { kind: 'told', status, response: response_preview ?? '', error: error ?? '' } as const;
    const moved = open && (await deps.delegations.apply(open, told, actor));
    const now = moved ?? (await delegationById(deps.store.db, did)) ?? row;
    if (now.status === status) return now;
    throw new CanvasError('conflict', `Delegation ${did} is ${now.status} already, and does not become ${status} any more.`);
  },
});

/** Ends it for good; what is with the agent is given up there. */
export const cancelDelegation = readVerb({
  name: 'cancelDelegation',
  input: byDid.and(cancelDelegationSchema),
  allow: allowOperator,
  run: async ({ actor, deps }, { did, reason }): Promise<ShownDelegation> => {
    const row = await delegationFor(deps, actor, did);
    const open = await openOne(deps, row);
    const said = String(scrub(reason ?? '').value);
    const ended =
      open && (await deps.delegations.apply(open, { kind: 'failure', reason: { kind: 'cancelled', by: actor.name, reason: said } }, actor));
    if (ended) return shown(deps, ended);
    const { status } = (await delegationById(deps.store.db, did)) ?? row;
    throw new CanvasError('conflict', `Delegation ${did} is ${status} already: there is nothing to cancel.`);
  },
});

/** Asks again: of one that has ended a new one is made, for the same cause; one that waits is tried at once. */
export const retryDelegation = readVerb({
  name: 'retryDelegation',
  input: byDid,
  allow: allowOperator,
  run: async ({ actor, deps, now }, { did }): Promise<ShownDelegation> => {
    const row = await delegationFor(deps, actor, did);
    if (row.origin === 'recorded') {
      throw new CanvasError('conflict', `Delegation ${did} was handed over by its source itself; only that can ask again.`);
    }
    const open = await openOne(deps, row);
    if (open?.status === 'in_progress') {
      throw new CanvasError('conflict', `Delegation ${did} is with the agent now. Cancel it first, or wait for it.`);
    }
    if (open) {
      deps.delegations.hurry(open);
      return shown(deps, row);
    }
    const { task } = (await textsOf(deps.store.db, did)) ?? {};
    if (task === undefined) throw new CanvasError('gone', `The task of delegation ${did} is not kept any more.`);
    requireReach(deps, row.source_id, row.target_id);
    const { trace_id, parent_span_id, source_id: id, target_id } = row;
    const again: DelegationRow = {
      ...newRow(deps, actor, { id, target_id, task, traced: {} }),
      trace_id,
      parent_span_id,
      expires_at: now + (row.expires_at - row.created_at),
      origin: 'platform',
    };
    await deps.delegations.give({ row: again, task, response: '', key: null }, actor);
    return shown(deps, again);
  },
});

async function openOne(deps: Deps, { delegation_id, status }: DelegationRow): Promise<OpenDelegation | undefined> {
  return isEnded(status) ? undefined : deps.delegations.findOrTakeIn(delegation_id);
}

function allowSource(actor: Actor, input: { id: string; target_id: string }, deps: Deps): void {
  allowSelf(actor, input);
  deps.fleet.get(input.id);
  if (input.id !== input.target_id) return;
  throw new CanvasError('bad_request', `Workspace ${input.id} cannot delegate to itself. Name another one, or just do the work.`);
}

/** The rule of messages holds whoever presses the button: the answer goes to the source. */
function requireReach(deps: Deps, id: string, targetId: string): void {
  deps.fleet.get(targetId);
  if (mayTalk(id, targetId, deps.fleet.parentOf)) return;
  throw new CanvasError('forbidden', `Workspace ${id} may not delegate to ${targetId}: only to siblings, ancestors and descendants.`);
}

interface Given {
  id: string;
  target_id: string;
  task: string;
  traced: { traceparent?: string | null | undefined; traceparent_header?: string | undefined };
}

function newRow(deps: Deps, actor: Actor, { id, target_id, task, traced }: Given): Omit<DelegationRow, 'expires_at' | 'origin'> {
  const now = deps.now();
  const given = placeOf(traced.traceparent) ?? placeOf(traced.traceparent_header);
  const cause = actor.kind === 'workspace' ? deps.delivery.onlyWorkOf(id) : null;
  const { trace_id, span_id, parent_span_id } = placeOfMessage({ given, cause, fresh: newPlace() });
  return {
    delegation_id: newId(),
    source_id: id,
    target_id,
    summary: summaryLine(task, MAX_DELEGATION_SUMMARY),
    status: 'pending',
    response_preview: '',
    error: '',
    created_at: now,
    updated_at: now,
    started_at: null,
    ended_at: null,
    attempts: 0,
    cancelled: false,
    trace_id,
    span_id,
    parent_span_id,
    queue_id: null,
    response_cut: false,
  };
}

/** A key means one delegation: with another target or task it is a mistake of the caller, and said so. */
async function againFor(deps: Deps, known: string, asked: Pick<Given, 'id' | 'target_id' | 'task'>): Promise<DelegateAnswer> {
  const row = await delegationById(deps.store.db, known);
  const { task } = (await textsOf(deps.store.db, known)) ?? {};
  if (!row || task === undefined)
    throw new CanvasError('gone', `The delegation ${known} of this idempotency_key is not kept any more. Use a new key.`);
  await openOne(deps, row);
  const clean = (text: string) => String(scrub(storableText(text)).value);
  if (row.target_id === asked.target_id && clean(task) === clean(asked.task)) {
    return { delegation_id: known, status: 'delegated', target_id: row.target_id, trace_id: row.trace_id, idempotent_hit: true };
  }
  const what = row.target_id === asked.target_id ? 'another task' : 'another target';
  throw new CanvasError(
    'conflict',
    `This idempotency_key stands for delegation ${known}, with ${what}. Use a new key for a new delegation.`,
    {
      delegation_id: known,
    },
  );
}

async function shown(deps: Deps, row: DelegationRow): Promise<ShownDelegation> {
  const [one] = await shownDelegations(deps, [row]);
  return one as ShownDelegation;
}
