import type { A2aRequest } from './a2a-message.ts';

type Envelope = A2aRequest['envelope'];

const SEND: Record<string, string> = { 'message/stream': 'message/send', SendStreamingMessage: 'SendMessage' };
const STREAM: Record<string, string> = { 'message/send': 'message/stream', SendMessage: 'SendStreamingMessage' };
/** What is handed on to the agent as it is, besides messages: `stream` answers with events. */
const HANDED_ON: Record<string, 'answer' | 'stream'> = {
  'tasks/get': 'answer',
  'tasks/cancel': 'answer',
  'tasks/resubscribe': 'stream',
  'tasks/pushNotificationConfig/set': 'answer',
  'tasks/pushNotificationConfig/get': 'answer',
  'tasks/pushNotificationConfig/list': 'answer',
  'tasks/pushNotificationConfig/delete': 'answer',
  GetTask: 'answer',
  ListTasks: 'answer',
  CancelTask: 'answer',
  SubscribeToTask: 'stream',
  CreateTaskPushNotificationConfig: 'answer',
  GetTaskPushNotificationConfig: 'answer',
  ListTaskPushNotificationConfigs: 'answer',
  DeleteTaskPushNotificationConfig: 'answer',
};

/** Whether a method brings a message, in either version's spelling, with or without a stream. */
export function isMessageMethod(method: string): boolean {
  return Object.hasOwn(SEND, method) || Object.hasOwn(STREAM, method);
}

export function isStreamMethod(method: string): boolean {
  return Object.hasOwn(SEND, method);
}

/** How a method that brings no message is handed on; null: it is not known here. */
export function handedOn(method: string): 'answer' | 'stream' | null {
  return Object.hasOwn(HANDED_ON, method) ? (HANDED_ON[method] ?? null) : null;
}

/** The same message asked for in one answer, or as a stream. */
export function askedAs(how: 'answer' | 'stream', envelope: Envelope): Envelope {
  const spelled = how === 'answer' ? SEND : STREAM;
  return { ...envelope, method: Object.hasOwn(spelled, envelope.method) ? (spelled[envelope.method] ?? '') : envelope.method };
}

/** Whether a message's sender wants only the beginning of its task, and goes on meanwhile. */
export function isNonBlocking({ version, envelope }: A2aRequest): boolean {
  const { configuration } = envelope.params as { configuration?: { blocking?: unknown; returnImmediately?: unknown } | null };
  return version === '0.3' ? configuration?.blocking === false : configuration?.returnImmediately === true;
}

/** Says the version of a request to its server: one of 1.0 takes what says none for 0.3, which has no such header. */
export function versionHeader(method: string): Record<string, string> {
  return method.includes('/') ? {} : { 'a2a-version': '1.0' };
}

/** The request for a task as it is now, as the version spells it that the method is of. */
export function taskRequest(method: string, taskId: string): Envelope {
  return { jsonrpc: '2.0', id: taskId, method: method.includes('/') ? 'tasks/get' : 'GetTask', params: { id: taskId } };
}

/** The request that ends a task, as the version spells it that the method is of. */
export function cancelRequest(method: string, taskId: string): Envelope {
  return { jsonrpc: '2.0', id: taskId, method: method.includes('/') ? 'tasks/cancel' : 'CancelTask', params: { id: taskId } };
}
