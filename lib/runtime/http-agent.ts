import { CanvasError } from '#lib/contract/errors.ts';
import { traceparentOf } from '#lib/contract/traces.ts';
import type { Agent, AgentTask } from './agent.ts';
import type { HttpAgentConfig } from './config-schema.ts';
import { httpCall } from './http-call.ts';

/**
 * An agent behind an HTTP address: POST `{text, context_id, task_id, message_id, redelivered, untrusted_delegation_results}`; it answers `{"text": …}`
 * or plain text.
 */
export class HttpAgent implements Agent {
  readonly name = 'HTTP agent';
  readonly description: string;
  readonly skills = [{ id: 'answer', name: 'Answer', description: 'Answers a message' }];
  readonly #config: HttpAgentConfig;
  readonly #url: URL;

  constructor(config: HttpAgentConfig) {
    this.#config = config;
    this.#url = new URL(config.url);
    this.description = `Answers through ${this.#url.origin}`;
  }

  async handle(task: AgentTask): Promise<{ text: string }> {
    const answer = await httpCall({
      url: this.#url,
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json, text/plain',
        traceparent: traceparentOf(task.trace),
        ...this.#config.headers,
      },
      body: JSON.stringify({
        text: task.text,
        context_id: task.contextId,
        task_id: task.id,
        message_id: task.messageId,
        redelivered: task.redelivered,
        untrusted_delegation_results: task.results,
      }),
      timeoutMs: this.#config.timeout_seconds * 1000,
      signal: task.signal,
    });
    if (answer.status < 200 || answer.status >= 300)
      throw new CanvasError('upstream_failed', `The agent at ${this.#url.origin} answered ${answer.status}: ${answer.text.slice(0, 200)}`);
    return { text: /json/i.test(answer.headers['content-type'] ?? '') ? textOfJson(answer.text, this.#url.origin) : answer.text };
  }
}

function textOfJson(body: string, origin: string): string {
  try {
    const value: unknown = JSON.parse(body);
    if (typeof value === 'string') return value;
    const text = (value as { text?: unknown } | null)?.text;
    if (typeof text === 'string') return text;
  } catch {
    throw new CanvasError('upstream_failed', `The agent at ${origin} called its answer JSON, but it is not`);
  }
  throw new CanvasError('upstream_failed', `The agent at ${origin} answered JSON without a "text": answer {"text": "…"} or plain text`);
}
