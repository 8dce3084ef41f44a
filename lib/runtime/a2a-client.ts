import { httpCall } from './http-call.ts';
import { type PeerMessage, peerAnswerOf, peerRequest } from './peer-message.ts';

interface DirectMessage extends PeerMessage {
  /** Where the other agent listens. */
  url: string;
  /** Who asks: sent as X-Workspace-ID. */
  from: string;
  timeoutMs: number;
  signal?: AbortSignal | undefined;
}

/** Sends one message straight to an agent and waits for the text of its answer. Rejects with `draining` or `interrupted`
 * when the other one is being restarted: the same message may be sent again then. */
export async function askAgent(message: DirectMessage): Promise<string> {
  const { url, from, timeoutMs, signal } = message;
  const answer = await httpCall({
    url: new URL(url),
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json', 'x-workspace-id': from },
    body: JSON.stringify(peerRequest(message)),
    timeoutMs,
    signal,
  });
  return peerAnswerOf(parse(answer.text), { where: `The agent at ${url}`, status: answer.status });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
