import type { Restored } from '#lib/contract/restarts.ts';
import type { Finished, LedgerLine } from './ledger.ts';
import type { SentMessage } from './sender.ts';

/** A message, and how it was answered: `open` when it never was, `failed` when the agent's task came to nothing. */
export interface AnsweredMessage extends SentMessage {
  outcome: 'completed' | 'failed' | 'open' | 'refused';
  /** What it was answered with, when not `completed`. */
  why: string;
}

/** All that was seen from outside. Lists by workspace have the index of the workspace. */
export interface Evidence {
  messages: readonly AnsweredMessage[];
  ledgers: readonly (readonly LedgerLine[])[];
  finished: readonly Finished[];
  /** Messages whose program the harness itself killed. */
  killedAgents: ReadonlySet<string>;
  runs: readonly { id: string; restored: Pick<Restored, 'session_resumed' | 'differences'> | null }[];
  /** Runs that did not end. */
  stuck: readonly string[];
  /** Processes too many or too few, in words. */
  orphans: readonly string[];
  /** Workspaces that were not online and idle at the end, in words. */
  notQuiet: readonly string[];
}

export interface Verdict {
  sent: number;
  doneOnce: number;
  redelivered: number;
  failedByKill: number;
  resumed: number;
  expectedToResume: number;
  longestWaitMs: number;
  /** Each promise, and what broke it, in words with ids; empty: it was kept. */
  broken: Record<PromiseName, string[]>;
}

export const PROMISES = [
  'lost',
  'done twice',
  'finished and given again',
  'given again unmarked',
  'two programs on one message',
  'out of order per sender',
  'sessions not resumed',
  'runs that say so of a session',
  'failed without a kill',
  'stuck runs',
  'orphan processes',
  'workspaces not back',
] as const;
export type PromiseName = (typeof PROMISES)[number];

type Begin = Extract<LedgerLine, { what: 'begin' }>;

/** Judges by the agents' own ledgers: what Canvas says of itself is asked only for what the runtime had recorded. */
export function judge(evidence: Evidence): Verdict {
  const { messages, ledgers, finished } = evidence;
  const broken = Object.fromEntries(PROMISES.map((name) => [name, [] as string[]])) as Verdict['broken'];
  const lines = ledgers.flat();
  const effects = countBy(lines.filter((line) => line.what === 'effect').map((line) => line.work));
  const works = new Set(messages.map((message) => message.work));
  for (const work of works) {
    const times = effects.get(work) ?? 0;
    if (times === 0) broken['lost'].push(`${work}: ${outcomesOf(messages, work)}`);
    if (times > 1) broken['done twice'].push(`${work}: ${times} times`);
  }
  for (const [work] of effects) if (!works.has(work)) broken['done twice'].push(`${work} was never sent`);
  for (const message of messages) {
    const explained = message.outcome === 'completed' || (message.outcome === 'failed' && evidence.killedAgents.has(message.id));
    if (!explained) broken['failed without a kill'].push(`${message.id} is ${message.outcome}: ${message.why}`);
  }
  const resumes = { resumed: 0, expected: 0 };
  ledgers.forEach((ledger, workspace) => {
    const orderOf = new Map(messages.filter((one) => one.workspace === workspace).map((one) => [one.id, one.order]));
    lookAtBegins(ledger, finished[workspace] ?? new Map(), orderOf, broken, resumes);
  });
  for (const { id, restored } of evidence.runs)
    if (restored?.session_resumed === false) broken['runs that say so of a session'].push(`${id}: ${restored.differences.join(', ')}`);
  for (const run of evidence.stuck) broken['stuck runs'].push(run);
  broken['orphan processes'].push(...evidence.orphans);
  broken['workspaces not back'].push(...evidence.notQuiet);
  const seen = new Set<string>();
  return {
    sent: works.size,
    doneOnce: [...works].filter((work) => effects.get(work) === 1).length,
    redelivered: lines.filter((line) => line.what === 'begin' && line.redelivered).length,
    failedByKill: messages.filter((message) => message.outcome === 'failed' && evidence.killedAgents.has(message.id)).length,
    resumed: resumes.resumed,
    expectedToResume: resumes.expected,
    longestWaitMs: Math.max(
      0,
      ...messages.flatMap((message) => {
        if (seen.has(message.id)) return [];
        seen.add(message.id);
        const begun = lines.find((line) => line.what === 'begin' && line.id === message.id);
        return begun === undefined ? [] : [begun.at - message.at];
      }),
    ),
    broken,
  };
}

/** Goes through what one workspace's agent was given, in the order in which it was. */
function lookAtBegins(
  ledger: readonly LedgerLine[],
  finished: Finished,
  orderOf: ReadonlyMap<string, number>,
  broken: Verdict['broken'],
  resumes: { resumed: number; expected: number },
): void {
  const begun = new Set<string>();
  const newest = new Map<string, Begin>();
  /** Conversation → the session that the runtime knew of it for certain: one of a message that it recorded as served. */
  const sessions = new Map<string, Extract<LedgerLine, { what: 'done' }>>();
  for (const line of ledger) {
    if (line.what === 'done') {
      if (finished.get(line.id) === 'served') sessions.set(line.context, line);
      continue;
    }
    if (line.what !== 'begin') continue;
    if (line.finished) broken['finished and given again'].push(line.id);
    if (line.twin !== null) broken['two programs on one message'].push(`${line.id}: ${line.twin} and ${line.pid}`);
    if (begun.has(line.id) && !line.redelivered) broken['given again unmarked'].push(line.id);
    const before = newest.get(line.context);
    if (before && (orderOf.get(line.id) ?? 0) < (orderOf.get(before.id) ?? 0))
      broken['out of order per sender'].push(`${line.id} was begun after ${before.id}`);
    const known = sessions.get(line.context);
    if (known && known.id !== line.id) {
      resumes.expected += 1;
      if (known.session === line.session) resumes.resumed += 1;
      else
        broken['sessions not resumed'].push(
          `${line.id} came with session ${line.session}, after ${known.id} had ended in ${known.session}`,
        );
    }
    begun.add(line.id);
    newest.set(line.context, line);
  }
}

function outcomesOf(messages: readonly AnsweredMessage[], work: string): string {
  return messages
    .filter((message) => message.work === work)
    .map((message) => `${message.id} is ${message.outcome} ${message.why} (${message.queueId ?? 'answered at once'})`)
    .join(', ');
}

function countBy(names: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}
