import type { ShownState } from '#lib/contract/workspace-status.ts';

/** What each state means and what ends it, in a sentence: the rule behind the word. */
export const STATUS_RULE: Record<ShownState, string> = {
  wedged: 'The agent itself says that it is stuck. This ends when a full beat no longer says so, or when it restarts.',
  failed: 'It could not be started, or not often enough. A start, or a beat, ends this.',
  offline:
    'Its beats stopped for 90 seconds or three intervals, whichever is longer, or its process was seen to end. The next beat ends this.',
  token_rejected: 'It called with a token that is not valid. The next accepted beat ends this: give it a new token or a join code.',
  degraded: 'Half of its requests or more failed, in a sample of five at least. This ends when less than a tenth fail.',
  late: 'It is more than one interval overdue, and not yet offline. The next beat ends this.',
  draining: 'It finishes what is in flight and takes nothing new.',
  restarting: 'A restart is under way.',
  provisioning: 'It was started here and has not beaten yet. Without a first beat in 10 minutes it has failed.',
  awaiting_agent: 'It was created, and no agent has connected to it yet.',
  paused: 'It was paused by an operator and stays so until it is resumed. Messages to it wait.',
  online: 'It beats in time, and its requests succeed.',
};
