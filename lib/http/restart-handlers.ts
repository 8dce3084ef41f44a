import type { RESTART_ENDPOINTS } from '#lib/contract/restart-endpoints.ts';
import { getRestart, listRestarts, restartPreview, workspaceRestarts } from '#lib/platform/restart-reads.ts';
import { cancelRestart, forceRestart, pauseWorkspace, restartWorkspace, resumeWorkspace, startAgain } from '#lib/platform/restart-verbs.ts';
import type { Call } from './call.ts';
import type { Handler } from './handlers.ts';

const idOf = ({ params }: Call) => ({ id: params['id'] ?? '' });
const runOf = ({ params }: Call) => ({ run: params['run'] ?? '' });

/** The run as it is now, after something was asked of it. */
async function answered(call: Call, asked: Promise<{ id: string }>): Promise<unknown> {
  const { id } = await asked;
  return getRestart(call.deps, call.actor, { run: id });
}

export const RESTART_HANDLERS: Record<keyof typeof RESTART_ENDPOINTS, Handler> = {
  restartWorkspace: (call) => answered(call, restartWorkspace(call.deps, call.actor, { ...call.body, ...idOf(call) })),
  restartPreview: (call) => restartPreview(call.deps, call.actor, idOf(call)),
  pauseWorkspace: (call) => answered(call, pauseWorkspace(call.deps, call.actor, { ...call.body, ...idOf(call) })),
  resumeWorkspace: (call) => answered(call, resumeWorkspace(call.deps, call.actor, { ...call.body, ...idOf(call) })),
  workspaceRestarts: (call) => workspaceRestarts(call.deps, call.actor, { ...(call.query as object), ...idOf(call) }),
  listRestarts: ({ deps, actor, query }) => listRestarts(deps, actor, query as Parameters<typeof listRestarts>[2]),
  getRestart: (call) => getRestart(call.deps, call.actor, runOf(call)),
  cancelRestart: (call) => answered(call, cancelRestart(call.deps, call.actor, runOf(call))),
  forceRestart: (call) => answered(call, forceRestart(call.deps, call.actor, runOf(call))),
  startAgain: (call) => answered(call, startAgain(call.deps, call.actor, runOf(call))),
};
