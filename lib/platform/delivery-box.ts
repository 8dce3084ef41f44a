import type { MessageState } from '#lib/contract/messages.ts';
import type { WorkspaceFacts } from '#lib/domain/workspace-facts.ts';
import type { MessageHead, NewMessage } from '#lib/store/messages.ts';

/** A message as its sender gives it. */
export type IncomingMessage = Pick<
  NewMessage,
  'workspace_id' | 'lane' | 'message_id' | 'sender_id' | 'sender_name' | 'request' | 'summary'
> &
  Partial<Pick<NewMessage, 'branch' | 'trace_id' | 'span_id' | 'parent_span_id' | 'delegation_id'>>;

/** A change of a message that carries a delegation. */
export interface MovedMessage {
  queue_id: string;
  workspace_id: string;
  message_id: string;
  delegation_id: string;
  state: MessageState;
  /** Why its workspace takes nothing now; null unless it waits for that. */
  held: string | null;
  /** Why it is in its state, where that needs a reason. */
  why: string;
  attempts: number;
  /** The agent's JSON-RPC answer, when it is answered. As it came: not scrubbed. */
  answer?: Record<string, unknown>;
}

/** What a caller who waits for an answer is told. */
export type DeliveryNews =
  | { kind: 'answered'; answer: Record<string, unknown> }
  /** It will come to no answer. */
  | { kind: 'ended'; state: 'dropped' | 'expired'; why: string }
  /** It waits for another attempt, or for a person. */
  | { kind: 'put_back' }
  /** The platform ends. */
  | { kind: 'closing' };

/** One message that has not ended, as the platform holds it in memory; its texts are in the store. */
export interface QueuedEntry extends MessageHead {
  /** Resolves with whether it is new once it is in the store; rejects when it could not be kept. */
  stored: Promise<boolean>;
  isStored: boolean;
  /** A power cut may take it: nobody was told that it is kept. */
  isSoft: boolean;
  /** Not before this moment of `performance.now()`. */
  dueAt: number;
  /** Attempts in a row that came to nothing, and such that made no sense. */
  failures: number;
  strikes: number;
  /** Its end, once it has one. */
  end: Extract<DeliveryNews, { kind: 'answered' | 'ended' }> | null;
  callers: Set<(news: DeliveryNews) => void>;
}

/** Follows the answer of an attempt that streams. */
export interface StreamListener {
  /** The next event, a JSON-RPC answer; the one after it is read when this resolves. */
  event(event: Record<string, unknown>): Promise<void>;
  /** That was the whole answer. */
  isWhole(): void;
}

/** An attempt. */
export interface UnderWay {
  entry: QueuedEntry;
  abort: AbortController;
  /** Who follows the answer as it is made. */
  listener: StreamListener | null;
  /** The agent's own task, once it is known. */
  taskId: string | null;
  /** The message was answered, and the task is looked after: the agent's door is free for others. */
  isFollowed: boolean;
  /** How its message was asked for: it tells the version. */
  method: string;
  /** What was known of the process when it began. */
  boot: Boot;
}

/** What tells one process of a workspace from the next. */
export type Boot = Pick<WorkspaceFacts, 'boot_id' | 'booted_at' | 'ended_at'>;

export const bootOf = ({ boot_id, booted_at, ended_at }: WorkspaceFacts): Boot => ({ boot_id, booted_at, ended_at });

/** Whether the process that was there then is not the one that is there now, or is seen to have ended. */
export function isOver(then: Boot, { boot_id, booted_at, ended_at }: WorkspaceFacts): boolean {
  return (ended_at !== null && ended_at !== then.ended_at) || boot_id !== then.boot_id || booted_at !== then.booted_at;
}

/** The messages to one workspace that have not ended, by where they are. */
export class DeliveryBox {
  /** Those that wait, each lane in the order in which they came. */
  readonly #lanes = new Map<string, QueuedEntry[]>();
  /** Those with the agent: one of a lane at the most. */
  readonly underWay = new Map<string, UnderWay>();
  /** Those that the workspace fetched itself and has not answered. */
  readonly fetched = new Map<string, Pick<UnderWay, 'entry' | 'boot'>>();
  readonly failed = new Map<string, QueuedEntry>();
  readonly #byKey = new Map<string, QueuedEntry>();
  /** Why nothing is delivered; null: it is. */
  held: string | null = null;
  timer: ReturnType<typeof setTimeout> | undefined;

  get size(): number {
    return this.#byKey.size;
  }

  /** Those that failed before the newest so many did. */
  failedBefore(newest: number): QueuedEntry[] {
    return [...this.failed.values()].slice(0, Math.max(0, this.failed.size - newest));
  }

  /** Those that wait, oldest first, whoever sent them. */
  waitingInOrder(): QueuedEntry[] {
    return [...this.#lanes.values()].flat().sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  get waiting(): number {
    let count = 0;
    for (const lane of this.#lanes.values()) count += lane.length;
    return count;
  }

  entries(): QueuedEntry[] {
    return [...this.#byKey.values()];
  }

  find(lane: string, messageId: string): QueuedEntry | undefined {
    return this.#byKey.get(keyOf(lane, messageId));
  }

  /** Nothing that goes before it is here. */
  isFree(entry: QueuedEntry): boolean {
    const lane = orderOf(entry);
    return !this.#lanes.has(lane) && !this.underWay.has(lane);
  }

  underWayOf(entry: QueuedEntry): UnderWay | undefined {
    const work = this.underWay.get(orderOf(entry));
    return work?.entry === entry ? work : undefined;
  }

  /** One of its lane goes before it. */
  isBehind(entry: QueuedEntry): boolean {
    const order = orderOf(entry);
    const [head] = this.#lanes.get(order) ?? [];
    return entry.state === 'waiting' && (this.underWay.has(order) || (head !== undefined && head !== entry));
  }

  /** Takes it out of where it was and puts it where its state says; `work` goes with `delivering`, unless it was fetched. */
  place(entry: QueuedEntry, work?: UnderWay | Boot): void {
    this.#takeOut(entry);
    this.#byKey.set(keyOf(entry.lane, entry.message_id), entry);
    const order = orderOf(entry);
    if (work && 'abort' in work) this.underWay.set(order, work);
    else if (work) this.fetched.set(entry.id, { entry, boot: work });
    else if (entry.state === 'failed') this.failed.set(entry.id, entry);
    else {
      const lane = this.#lanes.get(order) ?? [];
      const before = lane.findLastIndex((other) => other.id < entry.id);
      lane.splice(before + 1, 0, entry);
      this.#lanes.set(order, lane);
    }
  }

  remove(entry: QueuedEntry): void {
    this.#takeOut(entry);
    const key = keyOf(entry.lane, entry.message_id);
    if (this.#byKey.get(key) === entry) this.#byKey.delete(key);
  }

  /** The first of each lane that has none with the agent; the lane that was served last comes last. */
  *heads(): Generator<QueuedEntry> {
    for (const [name, [head]] of [...this.#lanes]) {
      if (head && !this.underWay.has(name)) yield head;
    }
  }

  #takeOut(entry: QueuedEntry): void {
    this.failed.delete(entry.id);
    this.fetched.delete(entry.id);
    const order = orderOf(entry);
    if (this.underWay.get(order)?.entry === entry) this.underWay.delete(order);
    const lane = this.#lanes.get(order);
    const at = lane?.indexOf(entry) ?? -1;
    if (!lane || at === -1) return;
    lane.splice(at, 1);
    this.#lanes.delete(order);
    if (lane.length > 0) this.#lanes.set(order, lane);
  }
}

/** Those of one order go one after another. */
function orderOf({ lane, branch }: QueuedEntry): string {
  return branch === null ? lane : `${lane}/${branch}`;
}

function keyOf(lane: string, messageId: string): string {
  return JSON.stringify([lane, messageId]);
}
