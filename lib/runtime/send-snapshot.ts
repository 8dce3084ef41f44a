import { setTimeout as wait } from 'node:timers/promises';
import type { Snapshot } from '#lib/contract/snapshot.ts';
import { type Log, sentenceOf } from './log.ts';
import { type PlatformClient, refusalOf } from './platform-client.ts';

export interface Sending {
  client: PlatformClient;
  snapshot: Snapshot;
  /** The restart it was made for; null: the runtime stops without one. */
  runId: string | null;
  /** Gives up when it aborts. */
  signal: AbortSignal;
  log: Log;
  retryMs?: number;
}

const ATTEMPTS = 6;

/**
 * Sends a snapshot to the platform, a few times if need be. Null when it arrived, was given up by the signal, or when the
 * platform is an older one that takes none; else a sentence for the next beat. Never rejects.
 */
export async function sendSnapshot({ client, snapshot, runId, signal, log, retryMs = 500 }: Sending): Promise<string | null> {
  const path = `/workspaces/${encodeURIComponent(snapshot.workspace_id)}/snapshots`;
  const body = { ...snapshot, ...(runId !== null && { run_id: runId }) };
  let failure = '';
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    try {
      if (attempt > 0) await wait(retryMs * 2 ** (attempt - 1), undefined, { signal });
      const answer = await client.call('POST', path, { body, signal });
      const refusal = refusalOf(answer, 'the snapshot');
      if (refusal === null) return null;
      failure = refusal.message;
      if ([404, 405].includes(answer.status)) {
        log('info', `The snapshot stays on this machine: ${failure}`);
        return null;
      }
      if (answer.status < 500 && answer.status !== 429) break;
    } catch (thrown) {
      if (signal.aborted) return null;
      failure = sentenceOf(thrown);
    }
  }
  const sentence = `The snapshot could not be sent: ${failure}`;
  log('error', sentence);
  return sentence;
}
