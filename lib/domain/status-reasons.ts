import { cutText } from '#lib/contract/heartbeat.ts';
import { formatAge } from './duration-text.ts';
import type { WorkspaceFacts } from './workspace-facts.ts';

/** Longest reason kept, in UTF-16 units. */
export const MAX_REASON = 2000;
/** How much of a process's last words goes into a reason: its end, where the error is. */
const MAX_OUTPUT = 1500;

const sentence = (text: string): string => cutText(text, MAX_REASON);

export const SAYS_WEDGED = 'It says that it is stuck, and gave no reason';

export function percent(rate: number): string {
  return `${Math.round(rate * 100)} %`;
}

export function failingReason(failing: NonNullable<WorkspaceFacts['failing']>): string {
  const of = failing.requests === null ? 'of its requests' : `of ${failing.requests} requests`;
  return sentence(withDetail(`${percent(failing.rate)} ${of} failed`, failing.sample_error));
}

export function lapseReason(silentMs: number): string {
  // Seconds up to five minutes: "No beat for 92 s" tells more than "1 min" next to a limit of 90 s.
  return `No beat for ${silentMs < 300_000 ? `${Math.floor(silentMs / 1000)} s` : formatAge(silentMs)}`;
}

/** What exit codes above 128 mean to those who do not know that it is 128 + the signal's number. */
const CODE_MEANING: Readonly<Record<number, string>> = {
  126: 'its command could not be run',
  127: 'its command was not found',
  130: 'interrupted',
  134: 'aborted',
  137: 'killed: out of memory?',
  139: 'memory fault',
  143: 'asked to end',
};

export interface ProcessEnd {
  code: number | null;
  signal: string | null;
  output: string;
  /** Whether the provisioner will start it again by itself. */
  restarting: boolean;
}

export function processEndReason(end: ProcessEnd): string {
  const meaning = end.code === null ? undefined : CODE_MEANING[end.code];
  const unseen = end.code === null && end.signal === null;
  const how = unseen
    ? 'ended while nobody watched it'
    : end.signal !== null
      ? `was ended by ${end.signal}${end.signal === 'SIGKILL' ? ' (killed: out of memory?)' : ''}`
      : `ended with code ${end.code}${meaning ? ` (${meaning})` : ''}`;
  return sentence(
    withDetail(`Its process ${how}${end.restarting ? '; it is started again' : ''}`, tellingLine(end.output, wasKilled(end))),
  );
}

export function gaveUpReason(restarts: number, windowSeconds: number, output: string): string {
  const times = restarts === 1 ? 'once' : `${restarts} times`;
  return sentence(
    withDetail(
      `Started again ${times} within ${formatAge(windowSeconds * 1000)} and ended each time; not tried again`,
      tellingLine(output),
    ),
  );
}

/** Why a start did not come up: how its process ended when it had one, else `said`. */
export interface StartFailure {
  code: number | null;
  signal: string | null;
  output: string;
  said: string;
}

export function startFailureReason({ code, signal, output, said }: StartFailure): string {
  const detail = tellingLine(output, wasKilled({ code, signal }));
  const how = signal !== null ? `its process was ended by ${signal}` : code !== null ? `its process ended with code ${code}` : null;
  return sentence(how === null ? `It could not be started: ${said}` : withDetail(`It could not be started: ${how}`, detail));
}

export function noFirstBeatReason(waitedMs: number, output: string): string {
  return sentence(withDetail(`No first beat within ${formatAge(waitedMs)}`, tellingLine(output)));
}

function withDetail(text: string, detail: string): string {
  return detail === '' ? text : `${text}: ${detail}`;
}

/** The end of an output, from a line's beginning where there is one. */
export function lastWords(output: string): string {
  const text = output.trim();
  if (text.length <= MAX_OUTPUT) return text;
  const tail = text.slice(-MAX_OUTPUT);
  const line = tail.indexOf('\n');
  return `…${line >= 0 && line < MAX_OUTPUT / 2 ? tail.slice(line + 1) : tail.replace(/^[\udc00-\udfff]/, '')}`;
}

/** Stack frames, lone brackets and Node's own farewell: what stands after the line that says what went wrong. */
const AFTERMATH = /^(at\s.+|[\s}\])^~]*|Node\.js v\d.*)$/;
const COMPLAINT = /error|fatal|exception|fail|panic|cannot|refused|denied|killed|missing/i;
/** A time and a level in front of a log line say nothing that the reason does not. */
const LINE_HEAD = /^\d{4}-\d\d-\d\d[T ][\d:.,]+(Z|[+-]\d\d:?\d\d)?\s+((debug|info|warn|warning|error|fatal)\b:?\s*)?/i;

/** What a program logs while all is well explains no end. */
const WELL = /^\d{4}-\d\d-\d\d[T ][\d:.,]+(Z|[+-]\d\d:?\d\d)?\s+(debug|info)\b|^\[canvas\] /i;

const WARNING = /^\d{4}-\d\d-\d\d[T ][\d:.,]+(Z|[+-]\d\d:?\d\d)?\s+warn(ing)?\b/i;

/** By SIGKILL, which no program sees coming: it had no last word to say of it. */
function wasKilled({ code, signal }: Pick<ProcessEnd, 'code' | 'signal'>): boolean {
  return signal === 'SIGKILL' || code === 137;
}

/**
 * The one line of an output that best says why its program ended: the last complaint, else the last line that is no
 * log of ordinary work. Of a log, a warning is no reason why a program was `killed`. Empty when nothing of it says why.
 */
export function tellingLine(output: string, killed = false): string {
  const lines = lastWords(output)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => !AFTERMATH.test(line) && !WELL.test(line) && !(killed && WARNING.test(line)));
  const line = lines.findLast((candidate) => COMPLAINT.test(candidate)) ?? lines.at(-1) ?? '';
  return line.replace(LINE_HEAD, '');
}
