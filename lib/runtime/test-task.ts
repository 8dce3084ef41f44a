import type { AgentTask } from './agent.ts';

/** A message to an agent, as a test gives it. */
export function testTask(given: Partial<AgentTask> = {}): AgentTask {
  return {
    id: 't1',
    contextId: 'c1',
    messageId: 'm1',
    redelivered: false,
    text: 'hi',
    trace: { trace_id: '0af7651916cd43dd8448eb211c80319c', span_id: 'b7ad6b7169203331' },
    results: [],
    signal: new AbortController().signal,
    onProgress: () => {},
    ...given,
  };
}
