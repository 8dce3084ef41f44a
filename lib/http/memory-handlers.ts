import type { MEMORY_ENDPOINTS } from '#lib/contract/message-endpoints.ts';
import { commitMemory, forgetMemory, recallMemories } from '#lib/platform/memory-verbs.ts';
import type { Call } from './call.ts';

const idOf = ({ params }: Call) => ({ id: params['id'] ?? '' });

export const MEMORY_HANDLERS: Record<keyof typeof MEMORY_ENDPOINTS, (call: Call) => unknown> = {
  commitMemory: (call) => commitMemory(call.deps, call.actor, { ...call.body, ...idOf(call) } as Parameters<typeof commitMemory>[2]),
  recallMemories: (call) => recallMemories(call.deps, call.actor, { ...call.query, ...idOf(call) } as Parameters<typeof recallMemories>[2]),
  forgetMemory: (call) => forgetMemory(call.deps, call.actor, { ...idOf(call), memory: call.params['memory'] ?? '' }),
};
