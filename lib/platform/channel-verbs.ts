import { z } from 'zod';
import {
  type Channel,
  type ChannelTarget,
  type CreatedChannel,
  channelRulesSchema,
  createChannelSchema,
  MAX_CHANNELS,
  patchChannelSchema,
} from '#lib/contract/channels.ts';
import { CanvasError } from '#lib/contract/errors.ts';
import { workspaceIdSchema } from '#lib/contract/workspaces.ts';
import { guardedAddress, keepsPassword, type SplitTarget, splitTarget } from '#lib/domain/channel-target.ts';
import { channelById, channelsOf, insertChannel, removeChannel, type StoredChannel, saveChannel } from '#lib/store/channels.ts';
import type { Db } from '#lib/store/in-transaction.ts';
import { newId } from '#lib/store/new-id.ts';
import type { Actor } from './actor.ts';
import { refuseStranger } from './allow.ts';
import { newSigningSecret } from './channel-secrets.ts';
import { shownChannel } from './channel-view.ts';
import type { Deps } from './deps.ts';
import { personOf } from './person.ts';
import { parseInput, readVerb, writeVerb } from './verb.ts';

const byChannel = z.object({ channel: workspaceIdSchema });

/** A channel belongs to a person: neither a workspace nor a loop of the platform has any. */
export function allowPerson(actor: Actor): void {
  if (actor.kind !== 'operator') refuseStranger(actor);
}

/** One's own, or `not_found`: what belongs to others is not even known. */
export async function ownChannel(db: Db, actor: Actor, id: string): Promise<StoredChannel> {
  const channel = await channelById(db, id);
  if (channel && channel.removed_at === null && channel.person_id === personOf(actor).id) return channel;
  throw new CanvasError('not_found', `You have no channel ${id}; it may have been removed.`);
}

export const listChannels = readVerb({
  name: 'listChannels',
  input: z.object({}),
  allow: allowPerson,
  run: async ({ actor, deps }): Promise<Channel[]> => {
    const channels = await channelsOf(deps.store.db, personOf(actor).id);
    return Promise.all(channels.map((channel) => shownChannel(deps.store.db, channel)));
  },
});

const create = writeVerb({
  name: 'createChannel',
  input: createChannelSchema,
  allow: allowPerson,
  run: async ({ actor, now, tx }, { name, target, rules }) => {
    const person = personOf(actor);
    if ((await channelsOf(tx, person.id)).length >= MAX_CHANNELS) {
      throw new CanvasError('conflict', `You have ${MAX_CHANNELS} channels, and more are not kept. Remove one first.`);
    }
    const made = newSigningSecret();
    const { shown, secret } = splitTarget(target, made);
    const channel: StoredChannel = {
      ...{ id: newId(), person_id: person.id, kind: target.kind, name, target: shown, secret },
      ...{ rules: rules ?? channelRulesSchema.parse({}), enabled: true, created_at: now, removed_at: null },
    };
    await insertChannel(tx, channel);
    const result: CreatedChannel = { ...(await shownChannel(tx, channel)), ...(target.kind === 'webhook' && { signing_secret: made }) };
    return { result, events: [], audit: audited(channel), committed: () => {} };
  },
});

const patch = writeVerb({
  name: 'patchChannel',
  input: patchChannelSchema.extend(byChannel.shape),
  allow: allowPerson,
  run: async ({ actor, tx }, { channel: id, name, target, rules, enabled }) => {
    const before = await ownChannel(tx, actor, id);
    const changed: StoredChannel = {
      ...before,
      ...(name !== undefined && { name }),
      ...(rules !== undefined && { rules }),
      ...(enabled !== undefined && { enabled }),
      ...(target !== undefined && retargeted(before, target)),
    };
    await saveChannel(tx, changed);
    return { result: await shownChannel(tx, changed), events: [], audit: audited(changed), committed: () => {} };
  },
});

/** A channel at another address. A webhook keeps its signing secret, an e-mail channel perhaps its password. */
function retargeted(before: StoredChannel, target: ChannelTarget): Pick<StoredChannel, 'target' | 'secret'> {
  if (target.kind !== before.kind) {
    throw new CanvasError('bad_request', `This channel is a ${before.kind} one and stays so: remove it, and add a ${target.kind} one.`);
  }
  const { shown, secret }: SplitTarget = splitTarget(target, String(before.secret?.['signing_secret'] ?? ''));
  const keeps = target.kind === 'email' && target.password === undefined && before.secret !== null;
  if (keeps && !keepsPassword(before.target, shown)) {
    throw new CanvasError(
      'bad_request',
      'Give the password again: host, port, security or user name are others now, and it was not given for them.',
    );
  }
  return { target: shown, secret: keeps ? before.secret : secret };
}

/** Adds one, unless nothing may be sent to where it goes (`forbidden`). */
export async function createChannel(deps: Deps, actor: Actor, input: z.input<typeof createChannelSchema>): Promise<CreatedChannel> {
  const { target } = parseInput(createChannelSchema, input);
  allowPerson(actor);
  await deps.checkTarget(guardedAddress(target));
  return create(deps, actor, input);
}

type Patch = z.input<typeof patchChannelSchema> & { channel: string };

export async function patchChannel(deps: Deps, actor: Actor, input: Patch): Promise<Channel> {
  const { target } = parseInput(patchChannelSchema, input);
  allowPerson(actor);
  if (target) await deps.checkTarget(guardedAddress(target));
  return patch(deps, actor, input);
}

/** Takes it away, with what is secret about it; what waits in the outbox for it is not sent. */
export const deleteChannel = writeVerb({
  name: 'deleteChannel',
  input: byChannel,
  allow: allowPerson,
  run: async ({ actor, now, tx }, { channel: id }) => {
    const channel = await ownChannel(tx, actor, id);
    await removeChannel(tx, id, now);
    return { result: { status: 'removed' as const }, events: [], audit: audited(channel), committed: () => {} };
  },
});

function audited({ id, kind, name }: StoredChannel) {
  return { workspace_id: null, detail: { channel_id: id, kind, name } };
}
