import type { Agent } from './agent.ts';
import { type Log, sentenceOf } from './log.ts';
import { readSnapshot } from './snapshot.ts';
import { within } from './within.ts';
import type { WorkMemory } from './work-memory.ts';

const AGENT_MS = 5000;

/**
 * Gives back what the last snapshot holds: to the memory, and to the agent. Nothing that is wrong with it ends the
 * start: it is logged, and answered as a sentence for the first beat; null when all went well.
 */
export async function restoreWork(options: {
  path: string;
  workspaceId: string;
  agent: Agent;
  memory: WorkMemory;
  log: Log;
}): Promise<string | null> {
  const { path, workspaceId, agent, memory, log } = options;
  const wrong = (sentence: string) => {
    log('warn', sentence);
    return sentence;
  };
  try {
    const found = await readSnapshot(path, workspaceId, Date.now());
    if (found.kind === 'none') return null;
    if (found.kind === 'refused') return wrong(found.why);
    const { session_id, transcript_lines, completed_message_ids, unfinished, adapter, timestamp, chosen } = found.snapshot;
    memory.transcript.restore(
      transcript_lines,
      unfinished.flatMap(({ message_id }) => message_id ?? []),
    );
    memory.sessionId = session_id;
    await memory.completed.restore(completed_message_ids);
    await within(AGENT_MS, async () => await agent.restoreState?.({ ...adapter, session_id, transcript_lines }, chosen === true));
    log('info', 'Restored from the snapshot', { taken: new Date(timestamp).toISOString(), transcript_lines: transcript_lines.length });
    return null;
  } catch (thrown) {
    return wrong(`The snapshot ${path} was not restored fully: ${sentenceOf(thrown)}`);
  }
}
