import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What the agent's program wrote down itself, outside Canvas. */
export type LedgerLine = { id: string; work: string; context: string; at: number } & (
  | { what: 'begin'; pid: number; session: string | null; redelivered: boolean; finished: boolean; twin: number | null }
  /** `told`: delegations that the message says have ended. */
  | { what: 'effect'; told?: string[] }
  | { what: 'done'; session: string; turn: number }
);

/** What the runtime wrote down as done: message id → how it ended. */
export type Finished = Map<string, string>;

export async function readLedger(folder: string): Promise<LedgerLine[]> {
  return (await linesOf(join(folder, 'ledger.jsonl'))) as LedgerLine[];
}

export async function readFinished(workspaceFolder: string): Promise<Finished> {
  const lines = (await linesOf(join(workspaceFolder, 'completed-messages.jsonl'))) as { id: string; outcome: string }[];
  return new Map(lines.map(({ id, outcome }) => [id, outcome]));
}

async function linesOf(file: string): Promise<unknown[]> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .flatMap((line) => {
      try {
        return [JSON.parse(line) as unknown];
      } catch {
        // Cut off by a kill: it was not written.
        return [];
      }
    });
}
