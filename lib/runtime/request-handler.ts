import type { AgentCard } from '@a2a-js/sdk';
import { type AgentExecutor, DefaultExecutionEventBusManager, DefaultRequestHandler } from '@a2a-js/sdk/server';
import { GuardedPost, type GuardedPostOptions } from './guarded-post.ts';
import type { Log } from './log.ts';
import { PushSender } from './push-sender.ts';
import { PushShelf } from './push-shelf.ts';
import { TaskShelf } from './task-shelf.ts';

export interface RequestHandlerOptions {
  card: AgentCard;
  executor: AgentExecutor;
  guard: GuardedPostOptions;
  log: Log;
}

/** The SDK's handler over our own shelves; the SDK's own never forget, and its own sender sends anywhere. */
export function requestHandlerOf({ card, executor, guard, log }: RequestHandlerOptions): {
  handler: DefaultRequestHandler;
  push: PushSender;
} {
  const guarded = new GuardedPost(guard);
  const tasks = new TaskShelf();
  const buses = new DefaultExecutionEventBusManager();
  const targets = new PushShelf(
    (url) => guarded.judge(url),
    // The SDK opens a streamed task's bus before it saves the target, and leaves it open when that is refused.
    (taskId, context) => tasks.has(taskId) || buses.cleanupByTaskId(taskId, context),
  );
  tasks.onForgotten = (id) => targets.forget(id);
  const push = new PushSender({
    targetsOf: (taskId) => targets.of(taskId),
    post: (url, headers, body, signal) => guarded.send(url, headers, body, signal),
    log,
  });
  return { handler: new DefaultRequestHandler(card, tasks, executor, buses, targets, push), push };
}
