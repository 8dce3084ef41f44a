import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writePrivateFile } from '#lib/runtime/private-file.ts';
import { projectReadings } from './project-files.ts';
import { type SampleBehaviour, SKILL_OF } from './sample-behaviour.ts';
import { addDocument, emptyIndex } from './word-index.ts';

export interface IndexAnswer {
  /** File that holds the `WordIndex`. */
  path: string;
  documents: number;
  words: number;
}

/** Reads every document of the project and writes which word stands where. */
export function indexer(): SampleBehaviour {
  let newest: IndexAnswer | null = null;
  return {
    name: 'Indexer',
    description: 'Indexes the documents of this project',
    skill: { id: SKILL_OF.indexer, name: 'Index documents', description: 'Answers "index" with the file of the newest index' },
    async round({ host, root, pause }) {
      const documents = await projectReadings(root);
      await host.work(`Indexing ${documents.length} documents`, async () => {
        const index = emptyIndex();
        for (const [position, path] of documents.entries()) {
          host.setTask(`Indexing ${path}, ${position + 1} of ${documents.length}`);
          addDocument(index, path, await readFile(join(root, path), 'utf8'));
          // The first index is wanted by others: it is made at once, later ones at a reader's pace.
          if (newest !== null) await pause(2);
        }
        const file = join(host.folder, 'index.json');
        await writePrivateFile(file, JSON.stringify(index));
        newest = { path: file, documents: documents.length, words: Object.keys(index.words).length };
        host.log('info', `Indexed ${newest.documents} documents, ${newest.words} words`);
      });
      host.setTask('');
      await pause(3);
    },
    async answer() {
      if (newest === null) throw new Error('There is no index yet: ask again in a moment');
      return JSON.stringify(newest);
    },
  };
}
