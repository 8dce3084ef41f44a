import { MAX_RESPONSE_BYTES } from '#lib/contract/delegations.ts';
import { JSON_RPC_CODE } from '#lib/contract/errors.ts';
import { wellFormed } from '#lib/contract/well-formed.ts';
import { LOST_ANSWER } from './delivery-outcome.ts';
import { scrub } from './scrub.ts';
import { beginningInBytes, beginningOf } from './whole-text.ts';

/** So much of an answer is looked at: scrubbing takes its time, and nobody keeps the rest. */
const READ_CHARS = 4 * MAX_RESPONSE_BYTES;
const MAX_WORDS = 2000;

/** What an agent's answer says of the task: it is done, or why not. `text`: its words, as they came. */
export type AgentResult = { ok: true; text: string } | { ok: false; why: AgentFailure; text: string };

/**
 * Why there is an answer and no result. `failed`, `rejected`, `canceled`: as the agent says. `asks`: it needs more to go
 * on. `unfinished`: it answered before it was done. `refused`: it did not take the message. `lost_answer`: it answered, and
 * nothing could be kept of that.
 */
export type AgentFailure = 'failed' | 'rejected' | 'canceled' | 'asks' | 'unfinished' | 'refused' | 'lost_answer';

type Json = Record<string, unknown>;
const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);
const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

const FAILURE_OF: Readonly<Record<string, AgentFailure>> = {
  failed: 'failed',
  rejected: 'rejected',
  canceled: 'canceled',
  cancelled: 'canceled',
  'input-required': 'asks',
  'auth-required': 'asks',
};

/** An agent makes the ids of its tasks; one that is longer is none. */
const MAX_TASK_ID = 256;
const GOING: ReadonlySet<string> = new Set(['submitted', 'working']);

/** The id of the task that an answer holds when it goes on; null: it does not, or there is none. */
export function openTaskOf({ result }: Json): string | null {
  const task = taskIn(result);
  const status = isObject(task?.['status']) ? task['status'] : {};
  const id = task?.['id'];
  if (typeof id !== 'string' || id === '' || id.length > MAX_TASK_ID) return null;
  return GOING.has(stateOf(status['state'])) ? id : null;
}

/** The task in the result of an answer: 1.0 has it under its name; null: it is a message. */
export function taskIn(result: unknown): Json | null {
  if (!isObject(result)) return null;
  return isObject(result['task']) ? result['task'] : 'status' in result ? result : null;
}

/** Reads a JSON-RPC answer to a message in A2A 0.3 or 1.0: a message, or a task with its artifacts. */
export function agentResultOf(answer: Json): AgentResult {
  const { result, error } = answer;
  if (isObject(error)) return { ok: false, why: whyNot(error), text: typeof error['message'] === 'string' ? error['message'] : '' };
  if (!isObject(result)) return { ok: false, why: 'refused', text: '' };
  const task = taskIn(result);
  if (!task) return { ok: true, text: textOf(isObject(result['message']) ? result['message'] : result) };
  const status = isObject(task['status']) ? task['status'] : {};
  const state = stateOf(status['state']);
  const said = isObject(status['message']) ? textOf(status['message']) : '';
  const made = joined(listOf(task['artifacts']).map((artifact) => (isObject(artifact) ? textOf(artifact) : '')));
  if (state === 'completed') return { ok: true, text: made || said || lastOwnWords(task) };
  return { ok: false, why: FAILURE_OF[state] ?? 'unfinished', text: said || made };
}

/** Errors that say nothing of what was asked: something went wrong at it, or at another that the agent asked. */
const BROKE: ReadonlySet<unknown> = new Set([JSON_RPC_CODE.internal, JSON_RPC_CODE.upstream_failed, JSON_RPC_CODE.timeout]);

function whyNot({ code, data }: Json): AgentFailure {
  if (isObject(data) && data['what'] === LOST_ANSWER.what) return 'lost_answer';
  return BROKE.has(code) ? 'failed' : 'refused';
}

/** `TASK_STATE_INPUT_REQUIRED` (1.0) and `input-required` (0.3) are one. */
function stateOf(state: unknown): string {
  if (typeof state !== 'string') return '';
  return state
    .replace(/^TASK_STATE_/, '')
    .replaceAll('_', '-')
    .toLowerCase();
}

function textOf(holder: Json): string {
  const parts = listOf(holder['parts']).filter(isObject);
  const texts = joined(parts.map(({ text }) => (typeof text === 'string' ? text : '')));
  return texts || joined(parts.map(({ data }) => (data === undefined || data === null ? '' : JSON.stringify(data))));
}

/** Agents that answer with a task and no artifact leave their answer in its history. */
function lastOwnWords(task: Json): string {
  const own = listOf(task['history'])
    .filter(isObject)
    .filter(({ role }) => typeof role === 'string' && /agent/i.test(role));
  const last = own.at(-1);
  return last ? textOf(last) : '';
}

const joined = (texts: string[]) => texts.filter((text) => text !== '').join('\n');

/** An answer that takes the place of one that is too large: its text as far as `keptResult` reads it; null: it was no result. */
export function shortAnswer(answer: Json): Json | null {
  const said = agentResultOf(answer);
  if (!said.ok) return null;
  const text = String(scrub(wellFormed(readOf(said.text))).value);
  return { jsonrpc: '2.0', id: null, result: { kind: 'message', role: 'agent', parts: [{ kind: 'text', text }] } };
}

/** A secret that this cut splits would not be known as one any more: what comes after the last white space goes too. */
function readOf(text: string): string {
  return text.length <= READ_CHARS ? text : withoutLastWord(beginningOf(text, READ_CHARS));
}

/** A result as it is kept: without secrets, at most 64 KB of UTF-8, cut between two characters. */
export function keptResult(text: string): { response: string; response_cut: boolean } {
  const read = readOf(text);
  const clean = String(scrub(wellFormed(read)).value);
  const response = beginningInBytes(clean, MAX_RESPONSE_BYTES);
  return { response, response_cut: response.length < clean.length || read.length < text.length };
}

/** A pattern would look for the end of the word from each of its letters: the time would be the square of the text. */
function withoutLastWord(text: string): string {
  let end = text.length;
  while (end > 0 && text.charCodeAt(end - 1) > 0x20) end -= 1;
  return end === 0 ? text : text.slice(0, end);
}

/** An agent's words inside a reason: one piece of at most 2,000 characters, without secrets. */
export function keptWords(text: string): string {
  const clean = String(scrub(wellFormed(beginningOf(text, 4 * MAX_WORDS))).value).trim();
  return beginningOf(clean, MAX_WORDS);
}

/** The beginning of a task as lists show it: one line of at most `max` characters, without secrets. */
export function summaryLine(task: string, max: number): string {
  const line = keptWords(task).replace(/\s+/g, ' ').trim();
  return line.length <= max ? line : `${beginningOf(line, max - 1)}…`;
}
