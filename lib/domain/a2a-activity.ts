import { MAX_ACTIVITY_BODY_BYTES } from '#lib/contract/activity.ts';
import { cutText } from '#lib/contract/heartbeat.ts';
import { jsonBytes } from '#lib/contract/json-bytes.ts';
import { wellFormed } from '#lib/contract/well-formed.ts';
import { scrub } from './scrub.ts';

/** What is read beyond the beginning that is kept, so that a secret at its end is seen whole. */
const SLACK = 8 * 1024;
const MAX_DETAIL = 2000;

type Json = Record<string, unknown>;
const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);

/** A body, given as JSON, as an activity row keeps it: without secrets; one that is too long as `{cut: true, beginning}`. */
export function activityBody(json: string | null | undefined): unknown {
  if (json === null || json === undefined) return null;
  // Measured before it is scrubbed: that takes its time, and nobody would read the rest.
  if (json.length <= MAX_ACTIVITY_BODY_BYTES) {
    const { value } = scrub(JSON.parse(json));
    if (jsonBytes(value) <= MAX_ACTIVITY_BODY_BYTES) return value;
  }
  let beginning = String(scrub(json.slice(0, MAX_ACTIVITY_BODY_BYTES + SLACK)).value);
  for (let chars = MAX_ACTIVITY_BODY_BYTES; ; chars = Math.floor(chars * 0.8)) {
    beginning = wellFormed(cutText(beginning, chars));
    const cut = { cut: true, beginning };
    if (jsonBytes(cut) <= MAX_ACTIVITY_BODY_BYTES) return cut;
  }
}

/** One line for people: what was asked, of whom or by whom, and how its text begins. */
export function activitySummary(side: 'sent' | 'received', method: string, name: string, text: string): string {
  const what = `${method} ${side === 'sent' ? '→' : '←'} ${name}`;
  return text === '' ? what : `${what}: ${text}`;
}

/** Whether an A2A answer (0.3 or 1.0) is what its asker wanted; if not, in the agent's words, scrubbed. */
export function answerOutcome(answer: unknown): { ok: boolean; detail: string | null } {
  if (!isObject(answer)) return { ok: false, detail: 'There was no answer' };
  const { error, result } = answer;
  if (isObject(error))
    return { ok: false, detail: saidOf(typeof error['message'] === 'string' ? error['message'] : 'The agent refused it') };
  const task = isObject(result) && isObject(result['task']) ? result['task'] : result;
  const status = isObject(task) && isObject(task['status']) ? task['status'] : {};
  const state = typeof status['state'] === 'string' ? status['state'].replace('TASK_STATE_', '').toLowerCase() : 'completed';
  if (!['failed', 'rejected', 'canceled'].includes(state)) return { ok: true, detail: null };
  const words = isObject(status['message']) && Array.isArray(status['message']['parts']) ? status['message']['parts'] : [];
  const said = words.map((part: unknown) => (isObject(part) && typeof part['text'] === 'string' ? part['text'] : '')).join(' ');
  return { ok: false, detail: saidOf(said.trim() === '' ? `The task was ${state}` : said) };
}

function saidOf(text: string): string {
  return cutText(String(scrub(wellFormed(text.slice(0, MAX_DETAIL + SLACK))).value), MAX_DETAIL);
}
