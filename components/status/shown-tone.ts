import type { ShownState } from '#lib/contract/workspace-status.ts';

export type Tone = 'ok' | 'warn' | 'bad' | 'drain' | 'off';

/** The colour family of each state. Never the only sign: a mark has its shape and its word too. */
export const SHOWN_TONE: Record<ShownState, Tone> = {
  wedged: 'bad',
  failed: 'bad',
  token_rejected: 'bad',
  offline: 'off',
  degraded: 'warn',
  late: 'warn',
  draining: 'drain',
  restarting: 'drain',
  provisioning: 'drain',
  awaiting_agent: 'off',
  paused: 'off',
  online: 'ok',
};
