import { type ListTasksRequest, type ListTasksResponse, type Task, TaskState } from '@a2a-js/sdk';
import type { TaskStore } from '@a2a-js/sdk/server';

const ENDED: ReadonlySet<TaskState> = new Set([
  TaskState.TASK_STATE_COMPLETED,
  TaskState.TASK_STATE_FAILED,
  TaskState.TASK_STATE_CANCELED,
  TaskState.TASK_STATE_REJECTED,
]);

/**
 * Tasks in memory, newest last. Those at work stay; of the ended ones only the newest `limit` do, because a workspace
 * lives for months and the SDK's own store never forgets.
 */
export class TaskShelf implements TaskStore {
  /** A task is here no longer. */
  onForgotten: (id: string) => void = () => {};
  readonly #limit: number;
  readonly #tasks = new Map<string, Task>();

  constructor(limit = 200) {
    this.#limit = limit;
  }

  has(id: string): boolean {
    return this.#tasks.has(id);
  }

  async save(task: Task): Promise<void> {
    this.#tasks.delete(task.id);
    this.#tasks.set(task.id, structuredClone(task));
    let surplus = this.#tasks.size - this.#limit;
    for (const [id, kept] of this.#tasks) {
      if (surplus <= 0) return;
      if (kept.status === undefined || !ENDED.has(kept.status.state)) continue;
      this.#tasks.delete(id);
      this.onForgotten(id);
      surplus -= 1;
    }
  }

  async load(id: string): Promise<Task | undefined> {
    const task = this.#tasks.get(id);
    return task && structuredClone(task);
  }

  /** Newest first; the page token is the id of the last task of the page before. */
  async list(request: ListTasksRequest): Promise<ListTasksResponse> {
    const wanted = [...this.#tasks.values()]
      .reverse()
      .filter(
        (task) =>
          (!request.contextId || task.contextId === request.contextId) && (!request.status || task.status?.state === request.status),
      )
      .filter((task) => !request.statusTimestampAfter || (task.status?.timestamp ?? '') >= request.statusTimestampAfter);
    const from = request.pageToken ? wanted.findIndex((task) => task.id === request.pageToken) + 1 : 0;
    const pageSize = request.pageSize ?? 50;
    const page = wanted.slice(from, from + pageSize);
    const more = from + pageSize < wanted.length;
    return {
      tasks: page.map((task) => structuredClone(task)),
      nextPageToken: more ? (page.at(-1)?.id ?? '') : '',
      pageSize,
      totalSize: wanted.length,
    };
  }
}
