import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { writePrivateFile } from '#lib/runtime/private-file.ts';
import { projectReadings } from './project-files.ts';
import { type SampleBehaviour, SKILL_OF } from './sample-behaviour.ts';

const KEPT_SUMMARIES = 20;

/** Writes summaries: of the answers it is sent, and of the project's documents when nobody asks. */
export function writer(): SampleBehaviour {
  let next = 0;
  return {
    name: 'Writer',
    description: "Writes summaries from the others' answers",
    skill: { id: SKILL_OF.writer, name: 'Write summaries', description: 'Answers with a summary of the text it is sent' },
    async round({ host, root, pause }) {
      const documents = await projectReadings(root);
      const path = documents[next % Math.max(1, documents.length)];
      next += 1;
      if (path === undefined) return await pause(5);
      await host.work(`Summarising ${path}`, async () => {
        host.setTask(`Reading ${path}`);
        const text = await readFile(join(root, path), 'utf8');
        await pause(3);
        const points = summaryOf(text);
        host.setTask(`Condensing ${path}: ${points.length} points`);
        await pause(3);
      });
    },
    async answer({ host, pause }, task) {
      task.onProgress(`Writing a summary of ${task.text.length} characters`);
      await pause(1.5);
      const points = summaryOf(task.text);
      if (points.length === 0) throw new Error('There is nothing to summarise in the text');
      const summary = points.map((point) => `- ${point}`).join('\n');
      await keep(join(host.folder, 'summaries'), summary);
      return summary;
    },
  };
}

/** The first sentence under each heading, or of each paragraph when there are none. */
export function summaryOf(text: string, limit = 8): string[] {
  const sections = text.split(/^#{1,6}\s+/m).slice(/^#{1,6}\s/m.test(text) ? 1 : 0);
  const blocks =
    sections.length > 1
      ? sections.map((section) =>
          section
            .split('\n')
            .map((line) => line.trim())
            .filter((line) => line !== ''),
        )
      : text.split(/\n\s*\n/).map((block) => [block.trim()]);
  return blocks
    .map(([heading = '', first]) => (first === undefined ? firstSentence(heading) : `${heading}: ${firstSentence(first)}`))
    .filter((point) => point !== '')
    .slice(0, limit);
}

function firstSentence(text: string): string {
  return (/^.*?[.!?](?=\s|$)/s.exec(text)?.[0] ?? text).replace(/\s+/g, ' ').slice(0, 200);
}

async function keep(folder: string, summary: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writePrivateFile(join(folder, `${Date.now()}.md`), `${summary}\n`);
  const old = (await readdir(folder))
    .filter((name) => name.endsWith('.md'))
    .sort()
    .slice(0, -KEPT_SUMMARIES);
  await Promise.all(old.map((name) => rm(join(folder, name), { force: true })));
}
