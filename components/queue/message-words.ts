import type { Tone } from '#components/status/shown-tone.ts';
import type { MessageState } from '#lib/contract/messages.ts';

export const MESSAGE_LABEL: Record<MessageState, string> = {
  waiting: 'Waits',
  delivering: 'At the agent',
  answered: 'Delivered',
  failed: 'Failed',
  dropped: 'Dropped',
  expired: 'Expired',
};
export const MESSAGE_TONE: Record<MessageState, Tone> = {
  waiting: 'warn',
  delivering: 'drain',
  answered: 'ok',
  failed: 'bad',
  dropped: 'off',
  expired: 'bad',
};

export const mayRetry = (state: MessageState): boolean => state === 'failed' || state === 'expired';
export const mayDrop = (state: MessageState): boolean => state === 'waiting' || state === 'failed';
