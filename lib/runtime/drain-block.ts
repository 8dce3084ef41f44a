import { cutText, type DrainBlock, type InFlightTask, MAX_DRAIN_BYTES, MAX_DRAIN_TASKS } from '#lib/contract/heartbeat.ts';
import { scrubbedText } from './scrubbed-text.ts';

/** Characters of a summary, from what a person likes to read to none. */
const SUMMARY_CHARS = [200, 80, 24, 0] as const;
const MAX_ID = 256;

/** What a beat says of a drain: free of secrets and within 16 KB. Summaries are cut first, then the newest tasks left out. */
export function drainBlock(runId: string, state: DrainBlock['state'], tasks: readonly InFlightTask[]): DrainBlock {
  const clean = cleanTasks(tasks);
  for (const chars of SUMMARY_CHARS) {
    const block = { run_id: runId, state, in_flight: clean.map((task) => shortened(task, chars)) };
    if (bytesOf(block) <= MAX_DRAIN_BYTES) return block;
  }
  const block: DrainBlock = { run_id: runId, state, in_flight: clean.map((task) => shortened(task, 0)) };
  while (bytesOf(block) > MAX_DRAIN_BYTES) block.in_flight = block.in_flight.slice(0, Math.floor(block.in_flight.length * 0.9));
  return block;
}

/** The first 500, free of secrets. */
export function cleanTasks(tasks: readonly InFlightTask[]): InFlightTask[] {
  return tasks.slice(0, MAX_DRAIN_TASKS).map((task) => ({ ...task, summary: scrubbedText(task.summary ?? '', SUMMARY_CHARS[0]) }));
}

function shortened({ summary, ...task }: InFlightTask, chars: number): InFlightTask {
  return { ...task, id: task.id.slice(0, MAX_ID), ...(chars > 0 && { summary: cutText(summary ?? '', chars) }) };
}

const bytesOf = (block: DrainBlock) => Buffer.byteLength(JSON.stringify(block));
