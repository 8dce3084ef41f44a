import type { DelegateAnswer } from '#lib/contract/delegations.ts';
import type { DELEGATION_ENDPOINTS } from '#lib/contract/message-endpoints.ts';
import { allDelegations, delegationEdges, getDelegation } from '#lib/platform/delegation-reads.ts';
import { cancelDelegation, delegate, recordDelegation, retryDelegation, updateDelegation } from '#lib/platform/delegation-verbs.ts';
import { getTrace } from '#lib/platform/trace-verbs.ts';
import type { Call } from './call.ts';

const idOf = ({ params }: Call) => ({ id: params['id'] ?? '' });
const didOf = ({ params }: Call) => ({ did: params['did'] ?? '' });

function tracedBy({ request }: Call): { traceparent_header?: string } {
  const { traceparent } = request.headers;
  return typeof traceparent === 'string' ? { traceparent_header: traceparent } : {};
}

export const DELEGATION_HANDLERS: Record<keyof typeof DELEGATION_ENDPOINTS, (call: Call) => unknown> = {
  delegate: ask,
  recordDelegation: (call) =>
    recordDelegation(call.deps, call.actor, { ...call.body, ...idOf(call), ...tracedBy(call) } as Parameters<typeof recordDelegation>[2]),
  updateDelegation: (call) =>
    updateDelegation(call.deps, call.actor, { ...call.body, ...idOf(call), ...didOf(call) } as Parameters<typeof updateDelegation>[2]),
  allDelegations: (call) => allDelegations(call.deps, call.actor, call.query as Parameters<typeof allDelegations>[2]),
  getDelegation: (call) => getDelegation(call.deps, call.actor, didOf(call)),
  retryDelegation: (call) => retryDelegation(call.deps, call.actor, didOf(call)),
  cancelDelegation: (call) =>
    cancelDelegation(call.deps, call.actor, { ...call.body, ...didOf(call) } as Parameters<typeof cancelDelegation>[2]),
  delegationEdges: (call) => delegationEdges(call.deps, call.actor, call.query as Parameters<typeof delegationEdges>[2]),
  getTrace: (call) => getTrace(call.deps, call.actor, { trace: call.params['trace'] ?? '' }),
};

/** 202 for a new one, 200 for one that was given before under the same key. */
async function ask(call: Call): Promise<DelegateAnswer> {
  const input = { ...call.body, ...idOf(call), ...tracedBy(call) } as Parameters<typeof delegate>[2];
  const answer = await delegate(call.deps, call.actor, input);
  if (answer.idempotent_hit !== true) call.reply.code(202);
  return answer;
}
