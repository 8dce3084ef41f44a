import type { Agent } from './agent.ts';
import { type Log, sentenceOf } from './log.ts';
import { buildSnapshot, type SnapshotFacts, writeSnapshot } from './snapshot.ts';
import { within } from './within.ts';

/**
 * Builds the snapshot and writes it, within `milliseconds`. A broken agent, a full disk or a folder that cannot be
 * written is logged and answered as a sentence for the last beat; null when all went well. Never rejects.
 */
export async function saveWork(options: {
  path: string;
  facts: SnapshotFacts;
  agent: Agent;
  milliseconds: number;
  log: Log;
}): Promise<string | null> {
  const { path, facts, agent, milliseconds, log } = options;
  const wrong = (sentence: string) => {
    log('error', sentence);
    return sentence;
  };
  try {
    const askAgent = () => within(milliseconds / 2, async () => await agent.preStopState?.());
    const { snapshot, problem } = await buildSnapshot(facts, askAgent);
    await within(milliseconds / 2, () => writeSnapshot(path, snapshot));
    return problem === null ? null : wrong(problem);
  } catch (thrown) {
    return wrong(`The snapshot could not be written to ${path}: ${sentenceOf(thrown)}`);
  }
}
