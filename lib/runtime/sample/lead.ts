import { join } from 'node:path';
import type { SampleRole } from '#lib/runtime/config-schema.ts';
import type { DelegationResult } from '#lib/runtime/delegation-result.ts';
import { sentenceOf } from '#lib/runtime/log.ts';
import { writePrivateFile } from '#lib/runtime/private-file.ts';
import { delegateTo, type SampleBehaviour, type SampleDesk, SKILL_OF, teammate } from './sample-behaviour.ts';

const QUESTIONS = [
  'how does a workspace get degraded',
  'heartbeat interval',
  'where is the token kept',
  'what is a wedge',
  'restart',
  '?',
  'stream events',
];
/** Longer than a member is wedged, or takes for a restart with its round in hand; shorter than a pause of a person. */
const PATIENCE_MS = 150_000;

/** What takes longer is delegated so often; in between the last results will do. In seconds at pace 1. */
const DELEGATED_EVERY = 150;

/**
 * Asks its team in turn, over A2A, and has the writer make a report of what they said. Statistics and the check of the
 * links are delegated: their results come to a later turn, and into the reports from then on.
 */
export function lead(): SampleBehaviour {
  let round = 0;
  let report = 'There is no report yet';
  let delegatedAt = Number.NEGATIVE_INFINITY;
  /** The newest by workspace. */
  const results = new Map<string, DelegationResult>();

  async function delegate(desk: SampleDesk): Promise<void> {
    if (desk.elapsed() - delegatedAt < DELEGATED_EVERY) return;
    const given = [await delegateTo(desk, 'statistician', 'statistics'), await delegateTo(desk, 'link-checker', 'report')];
    if (given.includes(true)) delegatedAt = desk.elapsed();
  }

  const writeReport = ({ host }: SampleDesk) =>
    writePrivateFile(join(host.folder, 'report.md'), [`# Report ${round}`, report, ...[...results.values()].map(sectionOf)].join('\n\n'));

  /** Null when there is no answer: the others are asked all the same. */
  async function ask(desk: SampleDesk, role: SampleRole, text: string): Promise<string | null> {
    const { host, pause } = desk;
    try {
      const member = teammate(await host.peers(), role);
      if (member === undefined || member.status === 'paused') {
        host.setTask(member ? `Going on without ${member.name}, which is paused` : `Waiting for the ${role} to join`);
        await pause(2);
        return null;
      }
      host.setTask(`Asking ${member.name}: ${text.split('\n')[0]?.slice(0, 80)}`);
      const answer = await host.ask(member.id, text, { signal: desk.signal, timeoutMs: PATIENCE_MS });
      host.countRequest('served');
      await pause(2);
      return answer;
    } catch (thrown) {
      desk.signal.throwIfAborted();
      const error = `The ${role} gave no answer: ${sentenceOf(thrown)}`;
      host.countRequest({ error });
      host.setTask(error.slice(0, 200));
      await pause(2);
      return null;
    }
  }

  return {
    name: 'Lead',
    description: 'Leads the sample team: asks each member, delegates what takes longer, and keeps the report',
    skill: { id: SKILL_OF.lead, name: 'Lead the sample team', description: 'Answers with the newest report' },
    async round(desk) {
      const { host, pause } = desk;
      const question = QUESTIONS[round % QUESTIONS.length] ?? 'canvas';
      round += 1;
      await host.work(`Report ${round}`, async () => {
        const answers: string[] = [];
        if ((await ask(desk, 'indexer', 'index')) !== null) answers.push('# indexer\nA fresh index is there.');
        await delegate(desk);
        const found = await ask(desk, 'searcher', question);
        if (found !== null) answers.push(`# searcher\n${found}`);
        answers.push(...[...results.values()].map(({ target_name, response, error }) => `# ${target_name}\n${response || error}`));
        if (answers.length === 0) return;
        const summary = await ask(desk, 'writer', answers.join('\n\n'));
        if (summary === null) return;
        report = summary;
        await writeReport(desk);
        host.setTask(`Report ${round} is done`);
        await pause(2);
      });
      await pause(2);
    },
    async answer(desk, task) {
      if (task.results.length === 0) return report;
      for (const result of task.results) results.set(result.target_id, result);
      await writeReport(desk);
      return `The report has ${task.results.map(({ target_name, status }) => `what ${target_name} did (${status})`).join(' and ')}`;
    },
  };
}

function sectionOf({ target_name, summary, status, response, error }: DelegationResult): string {
  return `## ${target_name}: ${summary}, ${status}\n\n${response || error}`;
}
