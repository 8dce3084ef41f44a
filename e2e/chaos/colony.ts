import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { CreatedToken } from '#lib/contract/access.ts';
import type { WorkspaceDetail } from '#lib/contract/workspaces.ts';
import type { SteadyClient } from './steady-client.ts';

/** A workspace that the platform runs, with the ledger of its agent. */
export interface ChaosWorkspace {
  id: string;
  /** The workspace's own folder. */
  home: string;
  /** Holds its agent's ledger. Nothing of Canvas writes there. */
  ledger: string;
}

const ONLINE_MS = 180_000;

/** Provisions workspaces whose agent is `program`, and waits until all are online. */
export async function foundColony(
  client: SteadyClient,
  place: { dataDir: string; ledgers: string; program: string; count: number; config?: object },
): Promise<ChaosWorkspace[]> {
  const made = await Promise.all(Array.from({ length: place.count }, (_, index) => settle(client, place, index)));
  for (const giveUpAt = Date.now() + ONLINE_MS; ; await delay(200)) {
    const rows = await Promise.all(made.map(({ id }) => client.get<WorkspaceDetail>(`/workspaces/${id}`)));
    const missing = rows.find((row) => row.status !== 'online');
    if (!missing) return made;
    if (Date.now() > giveUpAt)
      throw new Error(`${missing.name} (${missing.id}) does not come online: ${missing.status}, ${missing.reason}`);
  }
}

async function settle(
  client: SteadyClient,
  { dataDir, ledgers, program, config }: { dataDir: string; ledgers: string; program: string; config?: object },
  index: number,
): Promise<ChaosWorkspace> {
  const ledger = join(ledgers, String(index));
  await mkdir(ledger, { recursive: true });
  const command = [process.execPath, program, ledger];
  const agent = {
    kind: 'command',
    command,
    resume: [...command, '{session}'],
    output: 'json',
    text_path: 'text',
    session_path: 'session',
    concurrency: 4,
    timeout_seconds: 60,
  };
  const id = await create(client, { name: `Worker ${index}`, provisioner: 'process', config: { interval_seconds: 5, ...config, agent } });
  const home = join(dataDir, 'workspaces', id);
  await symlink(home, join(ledger, 'home'));
  return { id, home, ledger };
}

/** A workspace that runs nowhere and sends with its token. */
export async function foundSender(client: SteadyClient, name: string): Promise<{ id: string; token: string }> {
  const id = await create(client, { name });
  const { status, body } = await client.call<CreatedToken>('POST', `/workspaces/${id}/tokens`, { body: {} });
  if (status !== 201) throw new Error(`a token for ${name} was refused with ${status}: ${JSON.stringify(body)}`);
  return { id, token: body.auth_token };
}

async function create(client: SteadyClient, body: object): Promise<string> {
  const reply = await client.call<{ id: string }>('POST', '/workspaces', { body });
  if (reply.status !== 201) throw new Error(`creating a workspace was refused with ${reply.status}: ${JSON.stringify(reply.body)}`);
  return reply.body.id;
}
