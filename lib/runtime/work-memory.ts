import { CompletedMessages } from './completed-messages.ts';
import { Transcript } from './transcript.ts';

/** What a runtime remembers of its messages: what was said, and which are done. */
export interface WorkMemory {
  transcript: Transcript;
  completed: CompletedMessages;
  /** The conversation of the newest message; null: there was none yet. */
  sessionId: string | null;
}

export async function openWorkMemory(folder: string): Promise<WorkMemory> {
  return { transcript: new Transcript(), completed: await CompletedMessages.open(folder), sessionId: null };
}
