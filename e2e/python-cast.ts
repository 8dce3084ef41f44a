import type { PythonAgent } from './python-agent.ts';
import { type Cast, type RecordedRequest, replay, situations } from './recorded-requests.ts';
import type { RunningPlatform } from './running-platform.ts';

/** A Python runtime, `Researcher`, with its parent and a `Peer` that has beaten; they listen at `agent`, under their names. */
export async function pythonCast(platform: RunningPlatform, agent: PythonAgent): Promise<Cast> {
  const parent = await connect(platform, agent, 'Parent', null);
  const self = await connect(platform, agent, 'Researcher', parent.id);
  const peer = await connect(platform, agent, 'Peer', parent.id);
  const cast = { url: platform.url, token: self.token, self: self.id, peer: peer.id, parent: parent.id };
  const beat = situations['wedge_cleared_beat']?.[0] as RecordedRequest;
  await replay(beat, { ...cast, self: peer.id, token: peer.token });
  return cast;
}

async function connect(platform: RunningPlatform, agent: PythonAgent, name: string, parentId: string | null) {
  const { id } = await operator<{ id: string }>(platform, 'POST', '/workspaces', { name, parent_id: parentId });
  const { auth_token: token } = await operator<{ auth_token: string }>(platform, 'POST', `/workspaces/${id}/tokens`, {});
  await register(platform, { id, token, url: `${agent.url}/${name}`, name });
  return { id, token };
}

/** As the runtime does at each start. */
export async function register(
  platform: RunningPlatform,
  { id, token, url, name }: { id: string; token: string; url: string; name: string },
): Promise<void> {
  const answer = await fetch(`${platform.url}/registry/register`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ id, url, agent_card: { name, skills: [] } }),
  });
  const { status, delivery_mode, platform_inbound_secret: secret } = (await answer.json()) as Record<string, unknown>;
  if (status !== 'registered' || delivery_mode !== 'push' || typeof secret !== 'string')
    throw new Error(`Registering ${name} was answered ${answer.status}, not as a Python runtime expects`);
}

/** Rejects with what was said when it is refused. */
export async function operator<T = unknown>(platform: RunningPlatform, method: string, path: string, body?: unknown): Promise<T> {
  const answer = await fetch(platform.url + path, {
    method,
    ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  });
  const read = (await answer.json()) as T;
  if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${JSON.stringify(read)}`);
  return read;
}
