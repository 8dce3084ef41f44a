import type { CreatedToken, TokenRow } from '#lib/contract/access.ts';
import type { WorkspaceRow } from '#lib/contract/workspaces.ts';
import { acknowledged, type PlatformApi } from './platform-api.ts';
import type { SeededRandom } from './seeded-random.ts';

interface Known {
  id: string;
  names: string[];
  /** Whether it is still there; null: a delete was sent and nobody knows. */
  exists: boolean | null;
  tokens: { id: string; text: string; valid: boolean | null }[];
}

export interface BusyOperator {
  /** Creates, renames and deletes workspaces, makes and revokes tokens, one call after the other, until `until` aborts. */
  run(until: AbortSignal): Promise<void>;
  verify(api: PlatformApi): Promise<{ workspaces: number; tokens: number }>;
}

/** It knows what was acknowledged; where the platform died in between, both ways are right. */
export function busyOperator(api: PlatformApi, random: SeededRandom, title: string): BusyOperator {
  let known: Known[] = [];
  let made = 0;
  /** The name of a workspace whose creation nobody acknowledged. */
  let unsure: string | null = null;
  let lost = false;

  const there = (): Known[] => known.filter((one) => one.exists === true);

  async function send<T>(what: string, method: string, path: string, body?: unknown): Promise<T | null> {
    const answer = acknowledged<T>(what, await api.call(method, path, body));
    lost = answer === null;
    return answer;
  }

  async function create(): Promise<void> {
    made += 1;
    const name = `${title} ${made}`;
    unsure = name;
    const body = await send<{ id: string }>(`creating ${name}`, 'POST', '/workspaces', { name });
    if (!body) return;
    unsure = null;
    known.push({ id: body.id, names: [name], exists: true, tokens: [] });
  }

  async function rename(one: Known): Promise<void> {
    made += 1;
    const name = `${title} ${made} renamed`;
    const before = one.names;
    one.names = [...before, name];
    if (await send(`renaming ${one.id}`, 'PATCH', `/workspaces/${one.id}`, { name })) one.names = [name];
  }

  async function addToken(one: Known): Promise<void> {
    const body = await send<CreatedToken>(`a token for ${one.id}`, 'POST', `/workspaces/${one.id}/tokens`, {});
    if (body) one.tokens.push({ id: body.token_id, text: body.auth_token, valid: true });
  }

  async function revoke(one: Known): Promise<void> {
    const token = one.tokens.find(({ valid }) => valid === true);
    if (!token) return addToken(one);
    token.valid = null;
    if (await send(`revoking ${token.id}`, 'DELETE', `/workspaces/${one.id}/tokens/${token.id}`)) token.valid = false;
  }

  async function remove(one: Known): Promise<void> {
    one.exists = null;
    if (await send(`deleting ${one.id}`, 'DELETE', `/workspaces/${one.id}?confirm=true`)) one.exists = false;
  }

  async function verifyTokens(platform: PlatformApi, one: Known): Promise<number> {
    const listed = await platform.get<TokenRow[]>(`/workspaces/${one.id}/tokens`);
    for (const token of one.tokens) {
      const outcome = await platform.call('GET', `/workspaces/${one.id}`, undefined, token.text);
      const works = outcome.kind === 'done' && outcome.status === 200;
      const refused = outcome.kind === 'done' && outcome.status === 401;
      if (token.valid === null) token.valid = works;
      if (token.valid ? !works : !refused)
        throw new Error(`token ${token.id} of ${one.id} should ${token.valid ? 'work' : 'be refused'}: ${JSON.stringify(outcome)}`);
      if (token.valid && !listed.some(({ id }) => id === token.id))
        throw new Error(`token ${token.id} of ${one.id} works and is not listed`);
    }
    return one.tokens.length;
  }

  return {
    async run(until) {
      while (!until.aborted && !lost) {
        const candidates = there();
        if (candidates.length < 5 || (random.below(5) === 0 && candidates.length < 40)) await create();
        else await random.pick([rename, rename, addToken, addToken, revoke, remove])(random.pick(candidates));
      }
    },
    async verify(platform) {
      const rows = new Map(
        (await platform.get<WorkspaceRow[]>('/workspaces')).filter(({ name }) => name.startsWith(`${title} `)).map((row) => [row.id, row]),
      );
      for (const one of known) {
        const row = rows.get(one.id);
        rows.delete(one.id);
        if (one.exists === null) one.exists = row !== undefined;
        if (one.exists !== (row !== undefined))
          throw new Error(`${one.id} ${row ? 'is there again after its delete' : 'is lost'} (${one.names.join(' or ')})`);
        if (row && !one.names.includes(row.name))
          throw new Error(`${one.id} is called "${row.name}", but "${one.names.join('" or "')}" was acknowledged`);
        if (row) one.names = [row.name];
      }
      const strangers = [...rows.values()];
      if (strangers.some(({ name }) => name !== unsure)) throw new Error(`nobody made ${strangers.map(({ name }) => name).join(', ')}`);
      known = [...there(), ...strangers.map(({ id, name }): Known => ({ id, names: [name], exists: true, tokens: [] }))];
      unsure = null;
      lost = false;
      let tokens = 0;
      for (const one of known) tokens += await verifyTokens(platform, one);
      return { workspaces: known.length, tokens };
    },
  };
}
