type Json = Record<string, unknown>;
const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Cuts server-sent events out of a text that comes in pieces; answers the data of those that are whole. */
export class EventCutter {
  /** The line that has not ended, in pieces: put together once, since it may be very long. */
  #line: string[] = [];
  /** The last piece ended in a CR, which may be half of a line's end. */
  #heldCr = '';
  #data: string[] = [];

  push(piece: string): string[] {
    const text = this.#heldCr + piece;
    this.#heldCr = text.endsWith('\r') ? '\r' : '';
    const [first = '', ...others] = (this.#heldCr === '' ? text : text.slice(0, -1)).split(/\r\n|\n|\r/);
    this.#line.push(first);
    const events: string[] = [];
    for (const next of others) {
      const line = this.#line.join('');
      this.#line = [next];
      if (line === '') {
        if (this.#data.length > 0) events.push(this.#data.join('\n'));
        this.#data = [];
      } else if (line.startsWith('data:')) this.#data.push(line.slice(line[5] === ' ' ? 6 : 5));
    }
    return events;
  }
}

/**
 * What the events of a streamed answer come to: the result that the same message would have had without a stream, in the
 * version of A2A that the events are in.
 */
export class StreamResult {
  #task: Json | null = null;
  #message: Json | null = null;
  #isModern = false;

  get taskId(): string | null {
    return typeof this.#task?.['id'] === 'string' ? this.#task['id'] : null;
  }

  /** Null: no event said anything. */
  get result(): Json | null {
    const value = this.#message ?? this.#task;
    if (!value || !this.#isModern) return value;
    return this.#message ? { message: value } : { task: value };
  }

  /** `result` of one event. */
  take(result: unknown): void {
    if (!isObject(result)) return;
    const { kind } = result;
    if (kind === 'task') this.#task = result;
    else if (kind === 'message') this.#message = result;
    else if (kind === 'status-update') this.#update(result, (task) => ({ ...task, status: result['status'] }));
    else if (kind === 'artifact-update') this.#update(result, (task) => withArtifact(task, result));
    else this.#takeModern(result);
  }

  #takeModern({ task, message, statusUpdate, artifactUpdate }: Json): void {
    this.#isModern = true;
    if (isObject(task)) this.#task = task;
    if (isObject(message)) this.#message = message;
    if (isObject(statusUpdate)) this.#update(statusUpdate, (known) => ({ ...known, status: statusUpdate['status'] }));
    if (isObject(artifactUpdate)) this.#update(artifactUpdate, (known) => withArtifact(known, artifactUpdate));
  }

  #update({ taskId, contextId }: Json, change: (task: Json) => Json): void {
    this.#task = change(this.#task ?? { ...(this.#isModern ? {} : { kind: 'task' }), id: taskId, contextId });
  }
}

function withArtifact(task: Json, { artifact, append }: Json): Json {
  if (!isObject(artifact)) return task;
  const artifacts = Array.isArray(task['artifacts']) ? [...(task['artifacts'] as unknown[])] : [];
  const at = artifacts.findIndex((one) => isObject(one) && one['artifactId'] === artifact['artifactId']);
  const known = artifacts[at];
  if (!isObject(known)) artifacts.push(artifact);
  else if (append === true) artifacts[at] = { ...known, ...artifact, parts: appended(partsOf(known), partsOf(artifact)) };
  else artifacts[at] = artifact;
  return { ...task, artifacts };
}

/** A text goes on where the artifact's text ended: pieces of one text are cut anywhere, also inside a word or a character. */
function appended(known: unknown[], more: unknown[]): unknown[] {
  const last = known.at(-1);
  const [next, ...others] = more;
  if (!isText(last) || !isText(next)) return [...known, ...more];
  return [...known.slice(0, -1), { ...last, ...next, text: last.text + next.text }, ...others];
}

const isText = (part: unknown): part is Json & { text: string } => isObject(part) && typeof part['text'] === 'string';

function partsOf({ parts }: Json): unknown[] {
  return Array.isArray(parts) ? parts : [];
}
