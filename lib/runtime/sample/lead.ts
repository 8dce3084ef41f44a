import { join } from 'node:path';
import type { SampleRole } from '#lib/runtime/config-schema.ts';
import { sentenceOf } from '#lib/runtime/log.ts';
import { writePrivateFile } from '#lib/runtime/private-file.ts';
import { type SampleBehaviour, type SampleDesk, SKILL_OF, teammate } from './sample-behaviour.ts';

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

/** Asks its team in turn, over A2A, and has the writer make a report of what they said. */
export function lead(): SampleBehaviour {
  let round = 0;
  let report = 'There is no report yet';

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
    description: 'Leads the sample team: asks each member and keeps the report',
    skill: { id: SKILL_OF.lead, name: 'Lead the sample team', description: 'Answers with the newest report' },
    async round(desk) {
      const { host, pause } = desk;
      const question = QUESTIONS[round % QUESTIONS.length] ?? 'canvas';
      round += 1;
      await host.work(`Report ${round}`, async () => {
        const answers: string[] = [];
        for (const [role, text] of [
          ['indexer', 'index'],
          ['searcher', question],
          ['statistician', 'statistics'],
          ['link-checker', 'report'],
        ] as const) {
          const answer = await ask(desk, role, text);
          if (answer !== null) answers.push(`# ${role}\n${role === 'indexer' ? 'A fresh index is there.' : answer}`);
        }
        if (answers.length === 0) return;
        const summary = await ask(desk, 'writer', answers.join('\n\n'));
        if (summary === null) return;
        report = summary;
        await writePrivateFile(join(host.folder, 'report.md'), `# Report ${round}\n\n${report}\n`);
        host.setTask(`Report ${round} is done`);
        await pause(2);
      });
      await pause(2);
    },
    async answer() {
      return report;
    },
  };
}
