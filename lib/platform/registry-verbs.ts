import { z } from 'zod';
import { JOIN_CODE_PREFIX, ROTATION_OVERLAP_MS } from '#lib/contract/access.ts';
import { CanvasError } from '#lib/contract/errors.ts';
import type { NewEvent } from '#lib/contract/events.ts';
import {
  checkAccessSchema,
  type DiscoverAnswer,
  type Peer,
  peersQuerySchema,
  type RegisterAnswer,
  registerSchema,
  updateCardSchema,
} from '#lib/contract/registry.ts';
import { workspaceIdSchema } from '#lib/contract/workspaces.ts';
import { mayTalk } from '#lib/domain/hierarchy.ts';
import { spendJoinCode } from '#lib/store/join-codes.ts';
import { newId } from '#lib/store/new-id.ts';
import { expireOlder, hasAnyToken, insertToken } from '#lib/store/tokens.ts';
import { updateWorkspace } from '#lib/store/workspaces.ts';
import { eventActorOf } from './actor.ts';
import { allowOperator, allowReach, allowSelf } from './allow.ts';
import type { LiveWorkspace } from './fleet.ts';
import { touch } from './fleet.ts';
import { hashSecret, type MintedToken, mintToken } from './token-book.ts';
import { readVerb, writeVerb } from './verb.ts';

const byId = z.object({ id: workspaceIdSchema });

/**
 * Connects a runtime: by its token (`actor` is then the workspace), by a join code, or, only on loopback without
 * sign-in, bare and once for a workspace that an operator created and that has no token yet (contract §1).
 */
export const register = writeVerb({
  name: 'register',
  input: registerSchema.and(z.object({ join_code: z.string().max(200).nullable() })),
  allow: (actor, input, deps) => {
    const live = deps.fleet.get(input.id);
    if (input.join_code !== null) return;
    if (actor.kind === 'workspace') return allowSelf(actor, input);
    if (deps.options.signInFree && !deps.tokens.has(live.row.id)) return;
    throw new CanvasError(
      'unauthenticated',
      `Registering ${input.id} needs its token or a join code as bearer. Make a join code on the workspace's page.`,
    );
  },
  run: async ({ actor, now, tx, deps }, input) => {
    const live = deps.fleet.get(input.id);
    if (input.join_code !== null) {
      const spent = await spendJoinCode(tx, hashSecret(input.join_code), now);
      if (spent !== input.id) {
        throw new CanvasError(
          'token_rejected',
          spent === null
            ? 'This join code is unknown, was used, or is older than 15 minutes. Make a new one on the workspace’s page.'
            : `This join code belongs to another workspace than ${input.id}.`,
        );
      }
    } else if (actor.kind !== 'workspace' && (await hasAnyToken(tx, input.id))) {
      throw new CanvasError(
        'unauthenticated',
        `Workspace ${input.id} was given a token already; register with it, or with a new join code.`,
      );
    }
    const minted = actor.kind === 'workspace' && input.join_code === null ? null : mintToken(newId());
    if (minted) {
      await insertToken(tx, { ...tokenRow(minted, input.id, now) });
      await expireOlder(tx, input.id, minted.id, now + ROTATION_OVERLAP_MS);
    }
    const url = input.url ? input.url : null;
    const patch = {
      url,
      delivery_mode: input.delivery_mode,
      ...(input.agent_card ? { agent_card: input.agent_card } : {}),
      updated_at: now,
    };
    await updateWorkspace(tx, input.id, patch);
    const by = actor.kind === 'workspace' ? eventActorOf(actor) : { kind: 'workspace' as const, id: input.id, name: live.row.name };
    const events: NewEvent[] = [];
    if (input.join_code !== null) events.push({ type: 'join_code.used', workspace_id: input.id, actor: by, at: now, data: {} });
    if (live.row.url !== url || live.row.delivery_mode !== input.delivery_mode || minted) {
      events.push({
        type: 'workspace.registered',
        workspace_id: input.id,
        actor: by,
        at: now,
        data: { url, delivery_mode: input.delivery_mode },
      });
    }
    const result: RegisterAnswer = {
      status: 'registered',
      delivery_mode: input.delivery_mode,
      ...(minted ? { auth_token: minted.text } : {}),
      platform_inbound_secret: live.row.inbound_secret,
    };
    return {
      result,
      events,
      audit: { workspace_id: input.id, detail: { url, delivery_mode: input.delivery_mode, by_join_code: input.join_code !== null } },
      committed: () => {
        if (minted) {
          deps.tokens.add(minted.hash, { id: minted.id, workspace_id: input.id, created_at: now, last_used_at: null, expires_at: null });
          deps.tokens.expireOthers(input.id, minted.id, now + ROTATION_OVERLAP_MS);
        }
        deps.fleet.replaceRow(input.id, { ...live.row, ...patch });
        deps.addresses.forget(input.id);
        touch(live, now);
        deps.delivery.poke(input.id);
      },
    };
  },
});

export function tokenRow(minted: MintedToken, workspaceId: string, now: number) {
  return {
    id: minted.id,
    workspace_id: workspaceId,
    hash: minted.hash,
    prefix: minted.prefix,
    created_at: now,
    last_used_at: null,
    expires_at: null,
    revoked_at: null,
  };
}

/** Told from a token by its prefix; null for anything else. */
export function joinCodeOf(bearer: string | null): string | null {
  return bearer?.startsWith(JOIN_CODE_PREFIX) ? bearer : null;
}

export const updateCard = writeVerb({
  name: 'updateCard',
  input: updateCardSchema,
  allow: (actor, input, deps) => {
    allowSelf(actor, { id: input.workspace_id });
    deps.fleet.get(input.workspace_id);
  },
  run: async ({ actor, now, tx, deps }, input) => {
    const live = deps.fleet.get(input.workspace_id);
    const patch = { agent_card: input.agent_card, updated_at: now };
    await updateWorkspace(tx, live.row.id, patch);
    const name = typeof input.agent_card['name'] === 'string' ? input.agent_card['name'] : null;
    return {
      result: { status: 'updated' as const },
      events: [{ type: 'workspace.card_updated', workspace_id: live.row.id, actor: eventActorOf(actor), at: now, data: { name } }],
      audit: { workspace_id: live.row.id, detail: { name } },
      committed: () => {
        deps.fleet.replaceRow(live.row.id, { ...live.row, ...patch });
        touch(live, now);
      },
    };
  },
});

export const discover = readVerb({
  name: 'discover',
  input: byId,
  allow: allowReach,
  run: ({ deps }, { id }): DiscoverAnswer => {
    const { row } = deps.fleet.get(id);
    if (!row.url) {
      throw new CanvasError('not_found', `Workspace ${id} has no address: it has not registered one, or it fetches its messages (poll).`);
    }
    return { id: row.id, url: row.url, name: row.name };
  },
});

const peerOf = ({ row, facts }: LiveWorkspace): Peer => ({
  id: row.id,
  name: row.name,
  role: row.role,
  status: facts.status,
  parent_id: row.parent_id,
  active_tasks: facts.active_tasks,
  agent_card: row.agent_card,
});

export const peers = readVerb({
  name: 'peers',
  input: byId.and(peersQuerySchema),
  allow: (actor, input, deps) => {
    allowSelf(actor, input);
    deps.fleet.get(input.id);
  },
  run: ({ deps }, { id, q }): Peer[] => {
    const { row } = deps.fleet.get(id);
    const siblings = deps.fleet.childrenOf(row.parent_id).filter((live) => live.row.id !== id);
    const parent = row.parent_id === null ? [] : (deps.fleet.find(row.parent_id) ?? []);
    const words = (q ?? '').toLowerCase().split(/\s+/).filter(Boolean);
    return [...siblings, ...deps.fleet.childrenOf(id), ...[parent].flat()].map(peerOf).filter((peer) => {
      const text = `${peer.name} ${peer.role ?? ''}`.toLowerCase();
      return words.every((word) => text.includes(word));
    });
  },
});

export const checkAccess = readVerb({
  name: 'checkAccess',
  input: checkAccessSchema,
  allow: (actor, input) => {
    if (actor.kind === 'workspace' && (actor.id === input.caller_id || actor.id === input.target_id)) return;
    if (actor.kind === 'workspace') throw new CanvasError('forbidden', `Workspace ${actor.id} may only ask about itself.`);
    allowOperator(actor);
  },
  run: ({ deps }, { caller_id, target_id }) => ({
    allowed:
      deps.fleet.find(caller_id) !== undefined &&
      deps.fleet.find(target_id) !== undefined &&
      mayTalk(caller_id, target_id, deps.fleet.parentOf),
  }),
});
