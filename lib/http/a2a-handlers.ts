import type { A2A_ENDPOINTS } from '#lib/contract/message-endpoints.ts';
import { postActivity } from '#lib/platform/activity-verbs.ts';
import { agentCard, agentCards } from '#lib/platform/agent-card-verbs.ts';
import { answerQueued } from '#lib/platform/queue-verbs.ts';
import type { Call } from './call.ts';
import { idOf } from './queue-handlers.ts';

export const A2A_HANDLERS: Record<keyof typeof A2A_ENDPOINTS, (call: Call) => unknown> = {
  agentCard: (call) => agentCard(call.deps, call.actor, { id: idOf(call) }),
  agentCards: (call) => agentCards(call.deps, call.actor, call.query as Parameters<typeof agentCards>[2]),
  postActivity: (call) => postActivity(call.deps, call.actor, { ...call.body, id: idOf(call) } as Parameters<typeof postActivity>[2]),
  answerQueued: (call) =>
    answerQueued(call.deps, call.actor, { ...call.body, id: idOf(call), qid: call.params['qid'] ?? '' } as Parameters<
      typeof answerQueued
    >[2]),
};
