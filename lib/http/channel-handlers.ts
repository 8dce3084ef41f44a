import type { CHANNEL_ENDPOINTS } from '#lib/contract/inbox-endpoints.ts';
import { listDeliveries, pushKey, testChannel } from '#lib/platform/channel-deliveries.ts';
import { createChannel, deleteChannel, listChannels, patchChannel } from '#lib/platform/channel-verbs.ts';
import type { Call } from './call.ts';

const channelOf = ({ params }: Call) => ({ channel: params['channel'] ?? '' });

export const CHANNEL_HANDLERS: Record<keyof typeof CHANNEL_ENDPOINTS, (call: Call) => unknown> = {
  listChannels: ({ deps, actor }) => listChannels(deps, actor, {}),
  createChannel: ({ deps, actor, body }) => createChannel(deps, actor, body as Parameters<typeof createChannel>[2]),
  patchChannel: (call) => patchChannel(call.deps, call.actor, { ...call.body, ...channelOf(call) }),
  deleteChannel: (call) => deleteChannel(call.deps, call.actor, channelOf(call)),
  testChannel: (call) => testChannel(call.deps, call.actor, channelOf(call)),
  listDeliveries: ({ deps, actor, query }) => listDeliveries(deps, actor, query as Parameters<typeof listDeliveries>[2]),
  pushKey: ({ deps, actor }) => pushKey(deps, actor, {}),
};
