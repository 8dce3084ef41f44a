import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writePrivateFile } from '#lib/runtime/private-file.ts';
import { projectReadings } from './project-files.ts';
import { type SampleBehaviour, SKILL_OF } from './sample-behaviour.ts';
import { addDocument, emptyIndex, type WordIndex } from './word-index.ts';

const INDEX_FILE = 'index.json';

export interface IndexAnswer {
  /** File that holds the `WordIndex`. */
  path: string;
  documents: number;
  words: number;
}

/** Reads every document of the project and writes which word stands where. The index outlives a restart. */
export function indexer(): SampleBehaviour {
  let newest: IndexAnswer | null = null;
  const known = async (folder: string) => {
    newest ??= await keptIndex(join(folder, INDEX_FILE));
    return newest;
  };
  return {
    name: 'Indexer',
    description: 'Indexes the documents of this project',
    skill: { id: SKILL_OF.indexer, name: 'Index documents', description: 'Answers "index" with the file of the newest index' },
    async round({ host, root, pause }) {
      const documents = await projectReadings(root);
      await known(host.folder);
      await host.work(`Indexing ${documents.length} documents`, async () => {
        const index = emptyIndex();
        for (const [position, path] of documents.entries()) {
          host.setTask(`Indexing ${path}, ${position + 1} of ${documents.length}`);
          addDocument(index, path, await readFile(join(root, path), 'utf8'));
          // The first index is wanted by others: it is made at once, later ones at a reader's pace.
          if (newest !== null) await pause(2);
        }
        const file = join(host.folder, INDEX_FILE);
        await writePrivateFile(file, JSON.stringify(index));
        newest = answerOf(file, index);
        host.log('info', `Indexed ${newest.documents} documents, ${newest.words} words`);
      });
      host.setTask('');
      await pause(3);
    },
    async answer({ host }) {
      const index = await known(host.folder);
      if (index === null) throw new Error('There is no index yet: ask again in a moment');
      return JSON.stringify(index);
    },
  };
}

function answerOf(path: string, { documents, words }: WordIndex): IndexAnswer {
  return { path, documents: documents.length, words: Object.keys(words).length };
}

/** What an earlier process indexed; null when there is nothing of it. */
async function keptIndex(path: string): Promise<IndexAnswer | null> {
  try {
    return answerOf(path, JSON.parse(await readFile(path, 'utf8')) as WordIndex);
  } catch {
    return null;
  }
}
