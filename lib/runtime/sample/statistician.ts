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
  let newest = 'Nothing has been counted yet';
  return {
    name: 'Statistician',
    description: 'Counts files, lines and words of this project by type',
    skill: { id: SKILL_OF.statistician, name: 'Count files', description: 'Answers with files, lines and words by type' },
    async round({ host, root, pause, elapsed }) {
      const files = (await projectFiles(root)).filter((path) => TEXT.has(extname(path)));
      await host.work(`Counting ${files.length} files`, async () => {
        const counts = new Map<string, Count>();
        for (let at = 0; at < files.length; at += FILES_A_STEP) {
          if (elapsed() > CRASH_AFTER_SECONDS) host.crash('Out of paper: ending with exit code 1, as this sample does now and then');
          host.setTask(`Counting words in ${files[at]}, ${at + 1} of ${files.length}`);
          for (const path of files.slice(at, at + FILES_A_STEP))
            add(counts, extname(path), await readFile(join(root, path), 'utf8').catch(() => ''));
          await pause(2.5);
        }
        newest = table(counts);
      });
      host.log('info', newest.split('\n')[0] ?? '');
      await pause(2);
    },
    async answer({ pause }, task) {
      task.onProgress('Adding up what has been counted');
      await pause(3);
      return newest;
    },
  };
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
