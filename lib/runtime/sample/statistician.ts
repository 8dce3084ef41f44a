import { readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { projectFiles } from './project-files.ts';
import { type SampleBehaviour, SKILL_OF } from './sample-behaviour.ts';
import { CRASH_AFTER_SECONDS } from './sample-schedule.ts';

const TEXT = new Set(['.ts', '.tsx', '.js', '.mjs', '.json', '.md', '.css', '.yaml', '.yml', '.sql', '.html', '.txt']);
const FILES_A_STEP = 12;

interface Count {
  files: number;
  lines: number;
  words: number;
}

/** Counts files, lines and words by type. Now and then its process ends, to show what happens then. */
export function statistician(): SampleBehaviour {
  let newest: string | null = null;
  return {
    name: 'Statistician',
    description: 'Counts files, lines and words of this project by type',
    skill: { id: SKILL_OF.statistician, name: 'Count files', description: 'Answers with files, lines and words by type' },
    async round({ host, root, pause, elapsed }) {
      const files = await textFiles(root);
      await host.work(`Counting ${files.length} files`, async () => {
        const counts = new Map<string, Count>();
        for (let at = 0; at < files.length; at += FILES_A_STEP) {
          if (elapsed() > CRASH_AFTER_SECONDS) host.crash('Out of paper: ending with exit code 1, as this sample does now and then');
          host.setTask(`Counting words in ${files[at]}, ${at + 1} of ${files.length}`);
          await addAll(counts, root, files.slice(at, at + FILES_A_STEP));
          await pause(2.5);
        }
        newest = table(counts);
      });
      host.log('info', newest?.split('\n')[0] ?? '');
      await pause(2);
    },
    async answer({ root, pause }, task) {
      task.onProgress('Adding up what has been counted');
      await pause(3);
      if (newest !== null) return newest;
      // Somebody waits for the first numbers: they are counted without the breaks of a round.
      const counts = new Map<string, Count>();
      await addAll(counts, root, await textFiles(root));
      return table(counts);
    },
  };
}

const textFiles = async (root: string) => (await projectFiles(root)).filter((path) => TEXT.has(extname(path)));

async function addAll(counts: Map<string, Count>, root: string, files: readonly string[]): Promise<void> {
  for (const path of files) add(counts, extname(path), await readFile(join(root, path), 'utf8').catch(() => ''));
}

function add(counts: Map<string, Count>, type: string, text: string): void {
  const count = counts.get(type) ?? { files: 0, lines: 0, words: 0 };
  count.files += 1;
  count.lines += text.split('\n').length;
  count.words += text.match(/\S+/g)?.length ?? 0;
  counts.set(type, count);
}

function table(counts: ReadonlyMap<string, Count>): string {
  const rows = [...counts].sort((a, b) => b[1].lines - a[1].lines);
  const sum = (key: keyof Count) => rows.reduce((total, [, count]) => total + count[key], 0);
  return [
    `${sum('files')} files, ${sum('lines')} lines, ${sum('words')} words`,
    ...rows.map(([type, count]) => `${type}: ${count.files} files, ${count.lines} lines, ${count.words} words`),
  ].join('\n');
}
