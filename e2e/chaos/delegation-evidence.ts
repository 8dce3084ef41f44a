import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import Libsql from 'libsql';
import { Client } from 'pg';
import type { DelegationPage } from '#lib/contract/delegations.ts';
import type { InboxPage } from '#lib/contract/inbox.ts';
import type { ChaosWorkspace } from './colony.ts';
import { readLedger } from './ledger.ts';
import type { SteadyClient } from './steady-client.ts';

const OF_DELEGATION = 'delegation-';

/** State by id, of all that the platform has. */
export async function statesNow(client: SteadyClient): Promise<Map<string, string>> {
  const states = new Map<string, string>();
  for (let cursor = ''; ; ) {
    const { items, next } = await client.get<DelegationPage>(`/delegations?limit=500${cursor}`);
    for (const { delegation_id, status } of items) states.set(delegation_id, status);
    if (next === null) return states;
    cursor = `&cursor=${next}`;
  }
}

/** Delegations of the inbox, each as often as its incidents count it. */
export async function inboxLines(client: SteadyClient): Promise<string[]> {
  const lines: string[] = [];
  for (let cursor = ''; ; ) {
    const { items, next } = await client.get<InboxPage>(`/inbox?view=all&kind=delegation&limit=200${cursor}`);
    for (const { delegation_id, count } of items) for (let line = 0; line < count; line += 1) lines.push(delegation_id ?? 'nobody');
    if (next === null) return lines;
    cursor = `&cursor=${next}`;
  }
}

/** Ids in the results file of a workspace, line by line. */
export async function filedResults({ home }: ChaosWorkspace): Promise<string[]> {
  const text = await readFile(join(home, 'delegation_results.jsonl'), 'utf8').catch(() => '');
  return text.split('\n').flatMap((line) => {
    try {
      return [(JSON.parse(line) as { delegation_id: string }).delegation_id];
    } catch {
      return [];
    }
  });
}

/** What the agent of a workspace was told of, and which delegations it worked on to their effect. */
export async function agentLedger({ ledger }: ChaosWorkspace): Promise<{ told: string[]; done: string[] }> {
  const effects = (await readLedger(ledger)).filter((line) => line.what === 'effect');
  return {
    told: effects.flatMap((line) => (line.what === 'effect' ? (line.told ?? []) : [])),
    done: effects.filter(({ work }) => work.startsWith(OF_DELEGATION)).map(({ work }) => work.slice(OF_DELEGATION.length)),
  };
}

/** Ids of delegations whose end is in the ledger, once for each time; from the store of a platform that has ended. */
export async function endsInLedger(dataDir: string, database: string | undefined): Promise<string[]> {
  const rows = database === undefined ? ledgerOfFile(join(dataDir, 'canvas.db')) : await ledgerOfServer(database);
  return rows
    .map(({ data }) => JSON.parse(data) as { delegation_id: string; state: string })
    .filter(({ state }) => ENDS.has(state))
    .map(({ delegation_id }) => delegation_id);
}

const ENDS: ReadonlySet<string> = new Set(['completed', 'failed', 'expired']);
const CHANGES = "SELECT data FROM ledger WHERE type = 'delegation.changed'";

function ledgerOfFile(file: string): { data: string }[] {
  const database = new Libsql(file);
  try {
    return database.prepare(CHANGES).all() as { data: string }[];
  } finally {
    database.close();
  }
}

async function ledgerOfServer(url: string): Promise<{ data: string }[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<{ data: string }>(CHANGES)).rows;
  } finally {
    await client.end();
  }
}
