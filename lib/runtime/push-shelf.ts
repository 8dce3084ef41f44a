import { randomUUID } from 'node:crypto';
import type { TaskPushNotificationConfig } from '@a2a-js/sdk';
import { RequestMalformedError } from '@a2a-js/sdk/errors';
import type { PushNotificationStore, ServerCallContext } from '@a2a-js/sdk/server';
import { z } from 'zod';
import { sentenceOf } from './log.ts';

const MAX_OF_TASK = 10;
const MAX_URL = 2000;
const MAX_HEADER = 8000;
const MAX_NAME = 256;

const nameSchema = z.string().max(MAX_NAME);
const headerSchema = z
  .string()
  .max(MAX_HEADER)
  .regex(/^[\x20-\x7e]*$/, 'must be printable ASCII, as it goes into a header');
const urlSchema = z
  .url({ protocol: /^https?$/, error: 'must be an http or https address' })
  .max(MAX_URL, `must have at most ${MAX_URL} characters`)
  .refine((url) => !namesUser(url), 'must hold no user and no password: give them as "authentication"');
const configSchema = z.looseObject({
  id: nameSchema,
  tenant: nameSchema,
  url: urlSchema,
  token: headerSchema,
  authentication: z.looseObject({ scheme: headerSchema, credentials: headerSchema }).optional(),
});

function namesUser(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { username, password } = new URL(url);
  return username !== '' || password !== '';
}

/** Where news of one task goes. */
export interface PushTarget {
  config: TaskPushNotificationConfig;
  /** Of the protocol in which it was given, and in which it is told. */
  wireVersion: string;
  /** Whoever asked for it wants no more news. */
  deleted: boolean;
}

/**
 * Who wants news of which task, in memory beside the tasks. A target is judged before it is taken, and so before the agent
 * begins: a message that brings one which may not be is refused whole.
 */
export class PushShelf implements PushNotificationStore {
  readonly #judge: (url: URL) => Promise<unknown>;
  readonly #onRefused: (taskId: string, context: ServerCallContext) => void;
  readonly #tasks = new Map<string, PushTarget[]>();

  constructor(judge: (url: URL) => Promise<unknown>, onRefused: (taskId: string, context: ServerCallContext) => void) {
    this.#judge = judge;
    this.#onRefused = onRefused;
  }

  /** Gives `config` an id when it has none, as the SDK expects. Rejects with `RequestMalformedError`. */
  async save(taskId: string, context: ServerCallContext, config: TaskPushNotificationConfig): Promise<void> {
    try {
      await this.#check(config);
      config.id ||= randomUUID();
      this.#keep(taskId, { config: structuredClone(config), wireVersion: context.requestedVersion, deleted: false });
    } catch (thrown) {
      this.#onRefused(taskId, context);
      throw new RequestMalformedError(`News of the task cannot be sent there: ${sentenceOf(thrown)}`);
    }
  }

  async load(taskId: string): Promise<TaskPushNotificationConfig[]> {
    return this.of(taskId).map(({ config }) => structuredClone(config));
  }

  async delete(taskId: string, _context: ServerCallContext, configId?: string): Promise<void> {
    const left: PushTarget[] = [];
    for (const target of this.of(taskId)) {
      if (target.config.id === configId) target.deleted = true;
      else left.push(target);
    }
    this.#tasks.set(taskId, left);
    if (left.length === 0) this.forget(taskId);
  }

  of(taskId: string): readonly PushTarget[] {
    return this.#tasks.get(taskId) ?? [];
  }

  /** The task is forgotten. What is on its way still goes out. */
  forget(taskId: string): void {
    this.#tasks.delete(taskId);
  }

  async #check(config: TaskPushNotificationConfig): Promise<void> {
    const { error } = configSchema.safeParse(config);
    if (error) throw new Error(error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; '));
    await this.#judge(new URL(config.url));
  }

  /** The same id again is the same target: what waits for it goes where it is now. */
  #keep(taskId: string, target: PushTarget): void {
    const targets = this.of(taskId);
    const same = targets.find(({ config }) => config.id === target.config.id);
    if (same) Object.assign(same, target);
    else if (targets.length >= MAX_OF_TASK) throw new Error(`a task has at most ${MAX_OF_TASK} of them: delete one first`);
    else this.#tasks.set(taskId, [...targets, target]);
  }
}
