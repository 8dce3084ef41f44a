/** What an agent has said so far in answer to a message: made from the events of A2A 0.3 and 1.0 alike. */
export interface HeardAnswer {
  /** The answer's text, or as much of it as is there. Hostile until shown as plain text. */
  text: string;
  /** What it said about its progress; the newest. */
  progress: string;
  state: 'going' | 'done' | 'failed' | 'input';
  contextId: string | null;
  taskId: string | null;
  /** Text by artifact, in the order they came. */
  artifacts: readonly { id: string; text: string }[];
}

export const NOTHING_HEARD: HeardAnswer = { text: '', progress: '', state: 'going', contextId: null, taskId: null, artifacts: [] };

type Json = Record<string, unknown>;
const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);
const textOr = (value: unknown, other: string | null) => (typeof value === 'string' && value !== '' ? value : other);

/** The text of a message or artifact: its text parts, one below the other. */
export function partsText(holder: unknown): string {
  if (!isObject(holder) || !Array.isArray(holder['parts'])) return '';
  return holder['parts']
    .map((part: unknown) => (isObject(part) && typeof part['text'] === 'string' ? part['text'] : ''))
    .filter((text) => text !== '')
    .join('\n');
}

function stateOf(status: unknown): HeardAnswer['state'] {
  const said = isObject(status) && typeof status['state'] === 'string' ? status['state'] : '';
  const state = said.replace('TASK_STATE_', '').toLowerCase().replace('_', '-');
  if (state === 'completed') return 'done';
  if (state === 'failed' || state === 'rejected' || state === 'canceled') return 'failed';
  return state === 'input-required' || state === 'auth-required' ? 'input' : 'going';
}

/** Which of the four things an event holds. 0.3 says it by `kind`, 1.0 by the name it is under. */
function unwrapped(result: Json): { kind: string; value: Json } | null {
  for (const [name, kind] of [
    ['task', 'task'],
    ['message', 'message'],
    ['msg', 'message'],
    ['statusUpdate', 'status-update'],
    ['artifactUpdate', 'artifact-update'],
  ] as const)
    if (result['kind'] === undefined && isObject(result[name])) return { kind, value: result[name] };
  if (typeof result['kind'] === 'string') return { kind: result['kind'], value: result };
  // A task without its kind, as some clients of 0.2 have it.
  if (isObject(result['status'])) return { kind: 'task', value: result };
  return Array.isArray(result['parts']) ? { kind: 'message', value: result } : null;
}

const failed = (before: HeardAnswer, why: string): HeardAnswer => ({ ...before, state: 'failed', text: why });

/** What is known after one more JSON-RPC answer or stream event. Whatever it is, it never throws. */
export function heardMore(before: HeardAnswer, event: unknown): HeardAnswer {
  if (!isObject(event)) return before;
  if (isObject(event['error'])) return failed(before, textOr(event['error']['message'], 'The agent refused it.') ?? '');
  const found = isObject(event['result']) ? unwrapped(event['result']) : null;
  if (found === null) return before;
  const { kind, value } = found;
  const after = {
    ...before,
    contextId: textOr(value['contextId'], before.contextId),
    taskId: textOr(kind === 'task' ? value['id'] : value['taskId'], before.taskId),
  };
  if (kind === 'message') return { ...after, text: partsText(value), state: 'done' };
  if (kind === 'artifact-update') return withArtifact(after, value);
  const status = isObject(value['status']) ? value['status'] : {};
  const said = partsText(status['message']);
  const given = Array.isArray(value['artifacts']) ? value['artifacts'] : [];
  const artifacts =
    kind === 'task' && given.length > 0 ? given.map((one, n) => ({ id: artifactId(one, n), text: partsText(one) })) : before.artifacts;
  const state = stateOf(status);
  const whole = textOf(artifacts);
  return {
    ...after,
    artifacts,
    state,
    progress: state === 'going' && said !== '' ? said : state === 'going' ? before.progress : '',
    text: state === 'going' ? whole : state === 'failed' || whole === '' ? said || whole : whole,
  };
}

const artifactId = (artifact: unknown, n: number) => (isObject(artifact) ? (textOr(artifact['artifactId'], null) ?? `#${n}`) : `#${n}`);
const textOf = (artifacts: HeardAnswer['artifacts']) =>
  artifacts
    .map(({ text }) => text)
    .filter((text) => text !== '')
    .join('\n\n');

function withArtifact(before: HeardAnswer, event: Json): HeardAnswer {
  const id = artifactId(event['artifact'], before.artifacts.length);
  const more = partsText(event['artifact']);
  const known = before.artifacts.some((one) => one.id === id);
  const artifacts = known
    ? before.artifacts.map((one) => (one.id === id ? { id, text: event['append'] === true ? one.text + more : more } : one))
    : [...before.artifacts, { id, text: more }];
  return { ...before, artifacts, text: textOf(artifacts) };
}
