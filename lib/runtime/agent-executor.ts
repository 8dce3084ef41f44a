import { randomUUID } from 'node:crypto';
import { type Message, type Part, Role, type Task, TaskState } from '@a2a-js/sdk';
import { AgentEvent, type AgentExecutionEvent, type AgentExecutor, type ExecutionEventBus, type RequestContext } from '@a2a-js/sdk/server';
import { errorCodeOf } from '#lib/contract/errors.ts';
import type { Agent } from './agent.ts';
import type { CompletedMessage } from './completed-messages.ts';
import { type Log, sentenceOf } from './log.ts';
import type { WorkMemory } from './work-memory.ts';
import type { WorkMeter } from './work-meter.ts';

const MAX_PROGRESS_EVENTS = 100;
const SUMMARY_CHARS = 200;

interface Run {
  messageId: string;
  abort: AbortController;
  cancelled: boolean;
  ended: Promise<void>;
}

/**
 * Hands messages to the agent, one task a message, and tells the protocol what became of each. A message that is done is
 * written down as done before its answer goes out; should it come again, the agent never sees it and the answer that was
 * kept goes out again. What the runtime itself ended, or never gave to the agent, is not done.
 */
export class AgentBridge implements AgentExecutor {
  readonly #agent: Agent;
  readonly #meter: WorkMeter;
  readonly #log: Log;
  readonly #memory: WorkMemory;
  readonly #runs = new Map<string, Run>();

  constructor(agent: Agent, meter: WorkMeter, memory: WorkMemory, log: Log) {
    this.#agent = agent;
    this.#memory = memory;
    this.#meter = meter;
    this.#log = log;
  }

  isAtWork(taskId: string): boolean {
    return this.#runs.has(taskId);
  }

  /** Whether this message, by its own id, is with the agent now. */
  hasMessage(messageId: string): boolean {
    return [...this.#runs.values()].some((run) => run.messageId === messageId);
  }

  readonly execute = async (request: RequestContext, bus: ExecutionEventBus): Promise<void> => {
    const { taskId, contextId } = request;
    const { messageId } = request.userMessage;
    const done = this.#memory.completed.find(messageId);
    if (done !== null) return this.#answerAgain(done, request, bus);
    const text = textOf(request.userMessage.parts);
    this.#memory.sessionId = contextId;
    this.#memory.transcript.add('user', text);
    const run: Run = { messageId, abort: new AbortController(), cancelled: false, ended: Promise.resolve() };
    this.#runs.set(taskId, run);
    this.#meter.begin(taskId, text.replace(/\s+/g, ' ').slice(0, SUMMARY_CHARS));
    bus.publish(AgentEvent.task(newTask(taskId, contextId, request.userMessage)));
    run.ended = this.#run(run, taskId, contextId, text, bus).finally(() => this.#runs.delete(taskId));
    await run.ended;
  };

  readonly cancelTask = async (taskId: string, bus: ExecutionEventBus): Promise<void> => {
    const run = this.#runs.get(taskId);
    if (run === undefined) return;
    run.cancelled = true;
    run.abort.abort();
    await run.ended;
    bus.finished();
  };

  /** Waits for what is at work until `deadline` aborts; what is left then is ended, and fails. */
  async finish(deadline: AbortSignal): Promise<void> {
    const runs = [...this.#runs.values()];
    const endAll = () => {
      for (const run of runs) run.abort.abort();
    };
    if (deadline.aborted) endAll();
    deadline.addEventListener('abort', endAll);
    await Promise.all(runs.map((run) => run.ended));
    deadline.removeEventListener('abort', endAll);
  }

  #answerAgain(done: CompletedMessage, { taskId, contextId, userMessage }: RequestContext, bus: ExecutionEventBus): void {
    this.#log('info', 'A message came again that is done already: answered without the agent', { message: done.id });
    bus.publish(AgentEvent.task(newTask(taskId, contextId, userMessage)));
    const text = done.text ?? 'This message was done already; its answer was not kept';
    if (done.outcome === 'served') bus.publish(answerOf(taskId, contextId, text));
    bus.publish(statusOf(taskId, contextId, STATE_OF[done.outcome], done.outcome === 'served' ? undefined : text));
  }

  async #run(run: Run, taskId: string, contextId: string, text: string, bus: ExecutionEventBus): Promise<void> {
    const say = (state: TaskState, message?: string) => bus.publish(statusOf(taskId, contextId, state, message));
    say(TaskState.TASK_STATE_WORKING);
    let told = 0;
    const onProgress = (progress: string) => {
      if (run.abort.signal.aborted) return;
      this.#meter.describe(taskId, progress);
      told += 1;
      if (told <= MAX_PROGRESS_EVENTS) say(TaskState.TASK_STATE_WORKING, progress);
    };
    try {
      const answer = await untilAborted(
        this.#agent.handle({ id: taskId, contextId, text, signal: run.abort.signal, onProgress }),
        run.abort.signal,
      );
      this.#memory.transcript.add('agent', answer.text);
      await this.#isDone({ id: run.messageId, outcome: 'served', text: answer.text });
      bus.publish(answerOf(taskId, contextId, answer.text));
      this.#meter.end(taskId, 'served');
      say(TaskState.TASK_STATE_COMPLETED);
    } catch (thrown) {
      const error = sentenceOf(thrown);
      if (run.cancelled) await this.#isDone({ id: run.messageId, outcome: 'cancelled', text: 'Cancelled' });
      else if (!run.abort.signal.aborted && errorCodeOf(thrown) !== 'overloaded') {
        this.#memory.transcript.add('agent', `failed: ${error}`);
        await this.#isDone({ id: run.messageId, outcome: 'failed', text: error });
      }
      this.#meter.end(taskId, run.cancelled ? 'cancelled' : { error });
      if (!run.cancelled) this.#log('warn', `Task failed: ${error}`, { task: taskId });
      say(run.cancelled ? TaskState.TASK_STATE_CANCELED : TaskState.TASK_STATE_FAILED, run.cancelled ? 'Cancelled' : error);
    }
  }

  /** Work that cannot be written down is answered all the same: it is done, and the answer is what the asker waits for. */
  async #isDone(message: CompletedMessage): Promise<void> {
    await this.#memory.completed.record(message).catch((thrown: unknown) => {
      const error = `That message ${message.id} is done could not be written down: ${sentenceOf(thrown)}`;
      this.#log('error', error);
      this.#meter.note(error);
    });
  }
}

const STATE_OF: Record<CompletedMessage['outcome'], TaskState> = {
  served: TaskState.TASK_STATE_COMPLETED,
  failed: TaskState.TASK_STATE_FAILED,
  cancelled: TaskState.TASK_STATE_CANCELED,
};

function statusOf(taskId: string, contextId: string, state: TaskState, message?: string): AgentExecutionEvent {
  return AgentEvent.statusUpdate({
    taskId,
    contextId,
    status: {
      state,
      message: message === undefined ? undefined : messageOf(taskId, contextId, message),
      timestamp: new Date().toISOString(),
    },
    metadata: {},
  });
}

function answerOf(taskId: string, contextId: string, text: string): AgentExecutionEvent {
  const artifact = { artifactId: 'answer', name: 'answer', description: '', parts: [textPart(text)], metadata: {}, extensions: [] };
  return AgentEvent.artifactUpdate({ taskId, contextId, artifact, append: false, lastChunk: true, metadata: {} });
}

/** An agent that does not heed the signal must not hold the task open: its late answer is dropped. */
function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const giveUp = () => reject(new Error('The runtime stopped before the task was finished'));
    if (signal.aborted) giveUp();
    signal.addEventListener('abort', giveUp, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', giveUp));
  });
}

function textPart(text: string): Part {
  return { content: { $case: 'text', value: text }, metadata: undefined, filename: '', mediaType: 'text/plain' };
}

function textOf(parts: readonly Part[]): string {
  return parts
    .map((part) => (part.content?.$case === 'text' ? part.content.value : ''))
    .filter((text) => text !== '')
    .join('\n');
}

function messageOf(taskId: string, contextId: string, text: string): Message {
  return {
    messageId: randomUUID(),
    contextId,
    taskId,
    role: Role.ROLE_AGENT,
    parts: [textPart(text)],
    metadata: undefined,
    extensions: [],
    referenceTaskIds: [],
  };
}

function newTask(id: string, contextId: string, asked: Message): Task {
  return {
    id,
    contextId,
    status: { state: TaskState.TASK_STATE_SUBMITTED, message: undefined, timestamp: new Date().toISOString() },
    artifacts: [],
    history: [asked],
    metadata: {},
  };
}
