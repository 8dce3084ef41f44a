import { randomUUID } from 'node:crypto';
import { type Message, type Part, Role, type Task, TaskState } from '@a2a-js/sdk';
import { AgentEvent, type AgentExecutionEvent, type AgentExecutor, type ExecutionEventBus, type RequestContext } from '@a2a-js/sdk/server';
import { CanvasError, errorCodeOf } from '#lib/contract/errors.ts';
import { placeOf } from '#lib/contract/traces.ts';
import type { Agent } from './agent.ts';
import type { CompletedMessage } from './completed-messages.ts';
import type { Gate } from './gate.ts';
import { type Log, sentenceOf } from './log.ts';
import { newTrace } from './new-trace.ts';
import type { UnansweredEnd } from './result-shelf.ts';
import { scrubbedText } from './scrubbed-text.ts';
import { insideWork } from './self-given-work.ts';
import { untilAborted } from './until-aborted.ts';
import type { Admission, Work, WorkInHand } from './work-in-hand.ts';
import type { WorkMemory } from './work-memory.ts';
import type { WorkMeter } from './work-meter.ts';

const MAX_PROGRESS_EVENTS = 100;
const SUMMARY_READ = 2000;
const SUMMARY_CHARS = 200;

export interface BridgeParts {
  agent: Agent;
  meter: WorkMeter;
  work: WorkInHand;
  gate: Gate;
  memory: WorkMemory;
  log: Log;
}

/** A message on its way from the door to the agent and back. */
export interface Passage extends Admission {
  /** Why it is not done and comes to no answer, through no doing of the agent; null: nothing of that kind. */
  refusal: CanvasError | null;
}

/**
 * Hands messages to the agent, one task a message, and tells the protocol what became of each. A message that is done is
 * written down as done before its answer goes out; should it come again, the agent never sees it and the answer that was
 * kept goes out again. What the runtime itself ended, or never gave to the agent, is not done: its passage says so, with
 * `interrupted` when the agent may have begun it and `draining` when it has not; `overloaded` when its line was full.
 */
export class AgentBridge implements AgentExecutor {
  readonly #parts: BridgeParts;
  readonly #passages = new Map<string, Passage>();
  readonly #turns = new Map<string, Promise<void>>();

  constructor(parts: BridgeParts) {
    this.#parts = parts;
  }

  /**
   * Lets a message in. Throws `draining` while nothing new is taken, `conflict` for a message or a task that is at work.
   * To be followed by `leave` when its answer is known, whatever became of it.
   */
  enter(messageId: string, taskId: string | null): Passage {
    const { work, gate } = this.#parts;
    const { refusal } = gate;
    if (refusal !== null) throw refusal;
    if (work.hasMessage(messageId) || this.#passages.has(messageId))
      throw new CanvasError('conflict', `Message ${messageId} is still at work: ask again when it is done, its answer is kept`);
    if (taskId !== null && work.isAtWork(taskId))
      throw new CanvasError('conflict', `Task ${taskId} is still at work: wait for its answer, or cancel it`);
    const passage: Passage = Object.assign(work.admit(messageId), { refusal: null });
    this.#passages.set(messageId, passage);
    return passage;
  }

  leave(passage: Passage): void {
    this.#passages.delete(passage.messageId);
    this.#parts.work.settle(passage);
  }

  readonly execute = async (request: RequestContext, bus: ExecutionEventBus): Promise<void> => {
    const { memory, work } = this.#parts;
    const { messageId } = request.userMessage;
    const passage = this.#passages.get(messageId);
    const done = memory.completed.find(messageId);
    if (done !== null) return this.#answerAgain(done, request, bus);
    if (passage?.turnedAway) return this.#turnAway(passage, request, bus);
    const text = textOf(request.userMessage.parts);
    memory.sessionId = request.contextId;
    memory.transcript.hear(messageId, text, request.userMessage.metadata?.['redelivered'] === true);
    const begun = work.begin(request.taskId, messageId, scrubbedText(text, SUMMARY_READ).replace(/\s+/g, ' ').slice(0, SUMMARY_CHARS));
    if (passage) work.settle(passage);
    bus.publish(AgentEvent.task(newTask(request.taskId, request.contextId, request.userMessage)));
    const turn = this.#run({ work: begun, passage, text, request, bus }).finally(() => this.#turns.delete(request.taskId));
    this.#turns.set(request.taskId, turn);
    await turn;
  };

  readonly cancelTask = async (taskId: string, bus: ExecutionEventBus): Promise<void> => {
    const turn = this.#turns.get(taskId);
    if (turn === undefined) return;
    this.#parts.work.cancel(taskId);
    await turn;
    bus.finished();
  };

  #answerAgain(done: CompletedMessage, { taskId, contextId, userMessage }: RequestContext, bus: ExecutionEventBus): void {
    this.#parts.log('info', 'A message came again that is done already: answered without the agent', { message: done.id });
    bus.publish(AgentEvent.task(newTask(taskId, contextId, userMessage)));
    const text = done.text ?? 'This message was done already; its answer was not kept';
    if (done.outcome === 'served') bus.publish(answerOf(taskId, contextId, text));
    bus.publish(statusOf(taskId, contextId, STATE_OF[done.outcome], done.outcome === 'served' ? undefined : text));
  }

  #turnAway(passage: Passage, { taskId, contextId, userMessage }: RequestContext, bus: ExecutionEventBus): void {
    passage.refusal = notDone('draining', passage.messageId);
    bus.publish(AgentEvent.task(newTask(taskId, contextId, userMessage)));
    bus.publish(statusOf(taskId, contextId, TaskState.TASK_STATE_FAILED, passage.refusal.message));
  }

  async #run({ work, passage, text, request, bus }: Turn): Promise<void> {
    const { agent, meter, memory } = this.#parts;
    const { taskId, contextId, userMessage } = request;
    const { messageId } = userMessage;
    const { signal } = work.asked;
    const say = (state: TaskState, message?: string) => bus.publish(statusOf(taskId, contextId, state, message));
    say(TaskState.TASK_STATE_WORKING);
    let told = 0;
    const onProgress = (progress: string) => {
      if (signal.aborted) return;
      meter.describe(taskId, progress);
      told += 1;
      if (told <= MAX_PROGRESS_EVENTS) say(TaskState.TASK_STATE_WORKING, progress);
    };
    const redelivered = userMessage.metadata?.['redelivered'] === true;
    const trace = placeOf(userMessage.metadata?.['traceparent']) ?? newTrace();
    work.trace = trace;
    const results = memory.results.take(messageId);
    const task = { id: taskId, contextId, messageId, redelivered, text, trace, results, signal, onProgress };
    try {
      const answer = await untilAborted(
        insideWork({ asked: signal, trace }, () => agent.handle(task)),
        work.cut.signal,
      );
      // What an agent answers when it was told to end may be half of an answer.
      signal.throwIfAborted();
      memory.transcript.add('agent', answer.text);
      await this.#isDone({ id: messageId, outcome: 'served', text: answer.text });
      // Only now: had the process ended before, the message would come again, and needs them again.
      await memory.results.finish(messageId, results);
      bus.publish(answerOf(taskId, contextId, answer.text));
      this.#parts.work.end(work, 'served');
      say(TaskState.TASK_STATE_COMPLETED);
    } catch (thrown) {
      await memory.results.giveBack(messageId, results, endOf(work, thrown));
      say(...(await this.#ended(work, passage, thrown)));
    }
  }

  /** Writes down what became of a message that has no answer. */
  async #ended(work: Work, passage: Passage | undefined, thrown: unknown): Promise<[TaskState, string]> {
    const { work: works, memory, log } = this.#parts;
    const messageId = work.messageId ?? '';
    if (work.endedBy === 'asker') {
      await this.#isDone({ id: messageId, outcome: 'cancelled', text: 'Cancelled' });
      works.end(work, 'cancelled');
      return [TaskState.TASK_STATE_CANCELED, 'Cancelled'];
    }
    if (work.endedBy === 'runtime') {
      const refusal = notDone(errorCodeOf(thrown) === 'draining' ? 'draining' : 'interrupted', messageId);
      if (passage) passage.refusal = refusal;
      log('warn', refusal.message, { task: work.id });
      works.end(work, 'cancelled');
      return [TaskState.TASK_STATE_FAILED, refusal.message];
    }
    const error = sentenceOf(thrown);
    if (errorCodeOf(thrown) === 'overloaded') {
      if (passage) passage.refusal = new CanvasError('overloaded', error);
    } else {
      memory.transcript.add('agent', `failed: ${error}`);
      await this.#isDone({ id: messageId, outcome: 'failed', text: error });
    }
    works.end(work, { error });
    log('warn', `Task failed: ${error}`, { task: work.id });
    return [TaskState.TASK_STATE_FAILED, error];
  }

  /** Work that cannot be written down is answered all the same: it is done, and the answer is what the asker waits for. */
  async #isDone(message: CompletedMessage): Promise<void> {
    const { memory, log, meter } = this.#parts;
    await memory.completed.record(message).catch((thrown: unknown) => {
      const error = `That message ${message.id} is done could not be written down: ${sentenceOf(thrown)}`;
      log('error', error);
      meter.note(error);
    });
  }
}

function endOf({ endedBy }: Work, thrown: unknown): UnansweredEnd {
  if (endedBy === 'asker') return 'cancelled';
  return endedBy === 'runtime' || errorCodeOf(thrown) === 'overloaded' ? 'comes again' : 'failed';
}

interface Turn {
  work: Work;
  passage: Passage | undefined;
  text: string;
  request: RequestContext;
  bus: ExecutionEventBus;
}

function notDone(code: 'draining' | 'interrupted', messageId: string): CanvasError {
  return new CanvasError(
    code,
    code === 'draining'
      ? `Message ${messageId} was not begun: this workspace is being restarted. Send it again in a moment`
      : `Message ${messageId} was begun and not finished: the workspace was restarted meanwhile. Sent again, with the same messageId, it is begun anew`,
  );
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
