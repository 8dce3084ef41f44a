import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { IndexAnswer } from './indexer.ts';
import { type SampleBehaviour, type SampleDesk, SKILL_OF, teammate } from './sample-behaviour.ts';
import { isOn, LOCKED_INDEX, spellNumber } from './sample-schedule.ts';
import { searchIndex, type WordIndex } from './word-index.ts';

const OWN_QUESTIONS = ['heartbeat', 'wedge reason', 'restart snapshot', 'token rotation', 'provisioner', 'stream replay', 'backup restore'];
const LOCK_FILE = 'index.lock';

/** Answers queries over the indexer's index. A lock beside it, left by an update that broke off, holds everything up. */
export function searcher(): SampleBehaviour {
  let asked = 0;
  let lastSpell = -1;

  async function takeIndex({ host }: SampleDesk): Promise<WordIndex> {
    const source = teammate(await host.peers(), 'indexer');
    if (source === undefined) throw new Error('There is no indexer among the peers');
    const answer = JSON.parse(await host.ask(source.id, 'index')) as IndexAnswer;
    return JSON.parse(await readFile(answer.path, 'utf8')) as WordIndex;
  }

  async function search(desk: SampleDesk, query: string): Promise<string> {
    await untilUnlocked(desk);
    const hits = searchIndex(await takeIndex(desk), query);
    if (hits.length === 0) return `Nothing found for "${query}"`;
    return hits.map((hit) => `${hit.path}:${hit.line} ${hit.text.slice(0, 160)}`).join('\n');
  }

  return {
    name: 'Searcher',
    description: "Searches the documents through the indexer's index",
    skill: { id: SKILL_OF.searcher, name: 'Search documents', description: 'Answers a query with the lines that fit best' },
    async round(desk) {
      const { host, pause, elapsed } = desk;
      const spell = spellNumber(LOCKED_INDEX, elapsed());
      if (spell !== null && spell !== lastSpell) {
        lastSpell = spell;
        await writeFile(join(host.folder, LOCK_FILE), `update ${spell} broke off`, { mode: 0o600 });
        await untilUnlocked(desk);
      }
      const query = OWN_QUESTIONS[asked % OWN_QUESTIONS.length] ?? 'canvas';
      asked += 1;
      await host.work(`Searching for "${query}"`, async () => {
        host.setTask(`Searching the index for "${query}"`);
        const found = await search(desk, query);
        await pause(2);
        host.setTask(`Ranking ${found.split('\n').length} lines about "${query}"`);
        await pause(2);
      });
    },
    async answer(desk, task) {
      const query = task.text.trim();
      if (query.length < 3) throw new Error(`A query needs at least 3 letters: "${query}" would match everything`);
      task.onProgress(`Searching for "${query.slice(0, 80)}"`);
      return await search(desk, query);
    },
  };
}

/** Waits while the lock is there, and says so. A lock older than the spell is stale: nobody comes back for it. */
async function untilUnlocked({ host, pause, elapsed }: SampleDesk): Promise<void> {
  const lock = join(host.folder, LOCK_FILE);
  while (await stat(lock).catch(() => null)) {
    if (!isOn(LOCKED_INDEX, elapsed())) {
      await rm(lock, { force: true });
      break;
    }
    host.markWedged('index.lock is held by an update that broke off: no search can run until it is released');
    host.setTask('Waiting for index.lock to be released');
    await pause(1);
  }
  host.clearWedge();
}
