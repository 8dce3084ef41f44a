import type {
  Channel,
  ChannelTest,
  CreatedChannel,
  createChannelSchema,
  DeliveryRow,
  PushKey,
  patchChannelSchema,
} from '#lib/contract/channels.ts';
import { callApi } from './api.ts';

export const channelKeys = {
  channels: ['channels'] as const,
  deliveries: (channel: string | null) => ['deliveries', channel] as const,
};

export type ChannelWish = (typeof createChannelSchema)['_input'];
export type ChannelChange = (typeof patchChannelSchema)['_input'];
const within = (signal: AbortSignal | undefined) => (signal === undefined ? {} : { signal });

export const fetchChannels = (signal?: AbortSignal) => callApi<Channel[]>('GET /channels', within(signal));
export const createChannel = (body: ChannelWish) => callApi<CreatedChannel>('POST /channels', { body });
export const patchChannel = (channel: string, body: ChannelChange) =>
  callApi<Channel>('PATCH /channels/:channel', { params: { channel }, body });
export const deleteChannel = (channel: string) => callApi('DELETE /channels/:channel', { params: { channel } });
export const testChannel = (channel: string) => callApi<ChannelTest>('POST /channels/:channel/test', { params: { channel }, body: {} });
export const fetchDeliveries = (channel: string | null, signal?: AbortSignal) =>
  callApi<DeliveryRow[]>('GET /deliveries', { query: { channel: channel ?? undefined }, ...within(signal) });
export const fetchPushKey = () => callApi<PushKey>('GET /push-key');
