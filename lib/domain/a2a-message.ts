/** A JSON-RPC request in the shape that the A2A specification gives it, and which of its two versions it is in. */
export interface A2aRequest {
  version: '0.3' | '1.0';
  envelope: { jsonrpc: '2.0'; id: string | number | null; method: string; params: Record<string, unknown> };
}

type Json = Record<string, unknown>;
const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);
/** Ids go into files and into the environment of programs. */
const MAX_ID = 256;

/**
 * Makes what clients really send into what the specification says: a missing envelope (`{method, params}`), a missing
 * messageId or role, parts that call their kind `type`, plain strings as parts, `content` strings of 0.2. The method's
 * spelling tells the version (`message/send` is 0.3, `SendMessage` is 1.0). `newId` makes ids up where they are missing.
 * Null when there is no method at all.
 */
export function a2aRequestOf(body: unknown, newId: () => string): A2aRequest | null {
  if (!isObject(body) || typeof body['method'] !== 'string' || body['method'] === '') return null;
  const method = body['method'];
  const version = method.includes('/') ? '0.3' : '1.0';
  const id =
    typeof body['id'] === 'string' || Number.isInteger(body['id']) ? (body['id'] as string | number) : 'id' in body ? null : newId();
  const params = isObject(body['params']) ? { ...body['params'] } : {};
  if (isObject(params['message'])) params['message'] = messageOf(params['message'], version, newId);
  // A 0.3 client that configures something else still waits for its answer, as it does when it configures nothing.
  if (version === '0.3' && isObject(params['configuration'])) params['configuration'] = { blocking: true, ...params['configuration'] };
  return { version, envelope: { jsonrpc: '2.0', id, method, params } };
}

function messageOf(message: Json, version: A2aRequest['version'], newId: () => string): Json {
  const { content, ...rest } = message;
  const given = Array.isArray(rest['parts']) ? rest['parts'] : (content ?? rest['parts']);
  const parts = (Array.isArray(given) ? given : given === undefined || given === null ? [] : [given]).map((part: unknown) =>
    partOf(part, version),
  );
  const messageId = typeof rest['messageId'] === 'string' && rest['messageId'] !== '' ? rest['messageId'] : newId();
  const agent = typeof rest['role'] === 'string' && /agent/i.test(rest['role']);
  if (version === '1.0') return { ...rest, messageId, role: agent ? 'ROLE_AGENT' : 'ROLE_USER', parts };
  return { ...rest, kind: 'message', messageId, role: agent ? 'agent' : 'user', parts };
}

function partOf(part: unknown, version: A2aRequest['version']): unknown {
  if (typeof part === 'string') return version === '1.0' ? { text: part } : { kind: 'text', text: part };
  if (!isObject(part)) return part;
  const { type, kind, ...rest } = part;
  if (version === '1.0') return rest;
  return { ...rest, kind: kind ?? type ?? (typeof rest['text'] === 'string' ? 'text' : undefined) };
}

/** The text of a normalised message; empty when it holds none. */
export function textOfRequest(request: A2aRequest): string {
  const message = request.envelope.params['message'];
  const parts = isObject(message) && Array.isArray(message['parts']) ? message['parts'] : [];
  return parts
    .map((part: unknown) => (isObject(part) && typeof part['text'] === 'string' ? part['text'] : ''))
    .filter((text) => text !== '')
    .join('\n');
}

/** The message's id; null when there is no message, or its id is longer than 256 characters or holds control characters. */
export function messageIdOf({ envelope }: A2aRequest): string | null {
  const { message } = envelope.params;
  const id = isObject(message) ? message['messageId'] : null;
  return typeof id === 'string' && id.length <= MAX_ID && !/[\p{Cc}\p{Cs}]/u.test(id) ? id : null;
}

/** Whether it asks to take one message and answer it, in either version's spelling. */
export function isSendMessage({ envelope: { method } }: A2aRequest): boolean {
  return method === 'message/send' || method === 'SendMessage';
}

/**
 * As it goes to the agent: the answer is waited for, whatever its sender configured, since the queue keeps it for them.
 * Servers of 0.2 refuse a configuration without `acceptedOutputModes`; an empty list means any.
 */
export function blockingRequest({ version, envelope }: A2aRequest): A2aRequest['envelope'] {
  const given = isObject(envelope.params['configuration']) ? envelope.params['configuration'] : {};
  const configuration = version === '0.3' ? { acceptedOutputModes: [], ...given, blocking: true } : { ...given, returnImmediately: false };
  return { ...envelope, params: { ...envelope.params, configuration } };
}

/** What the platform tells the agent about a message: `redelivered` when an earlier attempt may have been begun, and its place in a trace. */
export interface MessageMarks {
  redelivered?: true;
  traceparent?: string;
}

/** The same request, its message marked; a mark of the same name that it came with is replaced, `redelivered` also by none. */
export function markedRequest(envelope: A2aRequest['envelope'], marks: MessageMarks): A2aRequest['envelope'] {
  const message = isObject(envelope.params['message']) ? envelope.params['message'] : {};
  const { redelivered: _theirs, ...metadata } = isObject(message['metadata']) ? message['metadata'] : {};
  return {
    ...envelope,
    params: { ...envelope.params, message: { ...message, metadata: { ...metadata, ...marks } } },
  };
}
