import { join } from 'node:path';
import { CompletedMessages } from './completed-messages.ts';
import type { Log } from './log.ts';
import { handedOut, ResultShelf } from './result-shelf.ts';
import { ResultsFile } from './results-file.ts';
import { ResultsState } from './results-state.ts';
import { Transcript } from './transcript.ts';

/** What a runtime remembers of its messages: what was said, and which are done; and of its delegations. */
export interface WorkMemory {
  transcript: Transcript;
  completed: CompletedMessages;
  delegations: ResultsState;
  results: ResultShelf;
  /** The conversation of the newest message; null: there was none yet. */
  sessionId: string | null;
}

/** `resultsPath`: the file with the results; in the folder when absent. */
export async function openWorkMemory(folder: string, log: Log = () => {}, resultsPath?: string): Promise<WorkMemory> {
  const delegations = await ResultsState.open(folder, log);
  const path = resultsPath ?? join(folder, 'delegation_results.jsonl');
  const { file, found } = await ResultsFile.open(path, handedOut(delegations.facts));
  const lost = new Set(delegations.facts.unread.filter((id) => !found.has(id)));
  if (lost.size > 0) {
    log('warn', `${lost.size} results that no turn had are no longer in ${path}, only in Canvas`);
    await delegations.change(({ unread }) => ({ unread: unread.filter((id) => !lost.has(id)) }));
  }
  const results = new ResultShelf({ state: delegations, file, found, log });
  return { transcript: new Transcript(), completed: await CompletedMessages.open(folder), delegations, results, sessionId: null };
}
