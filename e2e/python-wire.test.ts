import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { InboxPage, IncidentDetail } from '#lib/contract/inbox.ts';
import type { WorkspaceDetail } from '#lib/contract/workspaces.ts';
import { PythonAgent } from './python-agent.ts';
import { operator, pythonCast } from './python-cast.ts';
import { type Answer, bodyOf, type Cast, type RecordedRequest, replay, situations } from './recorded-requests.ts';
import { type RunningPlatform, startPlatform } from './running-platform.ts';

const ANSWERED = Object.keys(situations).filter((name) => name !== 'http_401_rotation' && of(name).length > 0);

let ground: string;
let platform: RunningPlatform;
let cast: Cast;
let agent: PythonAgent;
const asOperator = <T>(method: string, path: string, body?: unknown): Promise<T> => operator<T>(platform, method, path, body);

beforeAll(async () => {
  agent = await new PythonAgent().open();
  ground = await mkdtemp(join(tmpdir(), 'canvas-wire-'));
  // Its agents listen on this machine, also when the test itself runs in a container.
  platform = await startPlatform({ dataDir: ground, settings: { CANVAS_IN_CONTAINER: '0' } });
});
afterAll(async () => {
  expect(await platform.stop()).toBe(0);
  await agent.close();
  await rm(ground, { recursive: true, force: true });
});

beforeEach(async () => {
  cast = await pythonCast(platform, agent);
});

describe('what the Python runtime sends', () => {
  test('is read from the recording with its numbers as Python spells them', () => {
    expect(Object.keys(situations)).toEqual(
      expect.arrayContaining(['healthy_beat', 'wedged_beat', 'http_401_rotation', 'tool list_peers']),
    );
    const body = bodyOf(of('healthy_beat')[0] as RecordedRequest, cast) ?? '';
    expect(body).toContain('"error_rate":0.0');
    expect(body).toContain(`"workspace_id":"${cast.self}"`);
    expect(body).not.toMatch(/@float|11111111/);
  });

  test('is replayed, all of it', () => {
    expect(ANSWERED.flatMap(of)).toHaveLength(52);
  });

  test.each(ANSWERED)('%s: every call is answered as the runtime expects', async (name) => {
    for (const recorded of of(name)) {
      const answer = await replay(recorded, cast);
      expect(answer, `${recorded.method} ${recorded.path}`).toMatchObject({ status: recorded.answered });
      expect(answer.headers['content-type']).toMatch(/^application\/json/);
      if (recorded.path === '/registry/heartbeat')
        expect(answer.body).toEqual({ status: 'ok', platform_inbound_secret: expect.stringMatching(/^\S{20,}$/) });
      if (recorded.method === 'GET' && /\/(delegations|activity|peers)$/.test(recorded.path)) expect(answer.body).toBeInstanceOf(Array);
      if (recorded.path.endsWith('/a2a'))
        expect(answer.body).toMatchObject({
          jsonrpc: '2.0',
          result: { parts: [{ kind: 'text', text: expect.stringMatching(/^pong: /) }] },
        });
    }
  });
});

describe('what the platform shows afterwards', () => {
  test('a healthy beat: online, with task, uptime and capabilities', async () => {
    await replayAll('healthy_beat');
    const shown = await detail();
    expect(shown).toMatchObject({
      status: 'online',
      cause: null,
      late: false,
      active_tasks: 2,
      current_task: 'Index the docs',
      uptime_seconds: 3661,
      last_error_rate: 0,
      last_requests: null,
      token_rejected_at: null,
      evidence: { idle_timeout_seconds: 600, capabilities: { session: true, status_mgmt: false }, wedged: null },
    });
    expect(Date.now() - (shown.last_heartbeat_at ?? 0)).toBeLessThan(60_000);
    expect(await shownAs()).toBe('online');
  });

  test('half of the requests failed: degraded with the sample error, and back', async () => {
    const [failing, recovered] = of('beat_with_error_rate');
    await replay(failing as RecordedRequest, cast);
    expect(await detail()).toMatchObject({
      status: 'degraded',
      cause: 'errors',
      last_error_rate: 0.5,
      last_sample_error: 'boom',
      reason: expect.stringContaining('boom'),
    });
    expect(await shownAs()).toBe('degraded');
    await replay(recovered as RecordedRequest, cast);
    expect(await detail()).toMatchObject({ status: 'online', cause: null });
  });

  test('a wedge stays through partial beats, and ends with a full one', async () => {
    await replayAll('healthy_beat');
    await replayAll('wedged_beat');
    const since = (await detail()).since;
    const partial = of('tool delegate_task').filter(({ path }) => path === '/registry/heartbeat');
    expect(partial).toHaveLength(2);
    for (const beat of partial) {
      await replay(beat, cast);
      expect(await detail()).toMatchObject({
        status: 'degraded',
        cause: 'wedged',
        since,
        reason: 'claude SDK init timeout - restart workspace',
        active_tasks: 1,
        current_task: beat.json?.['current_task'],
        uptime_seconds: 3661,
        evidence: { capabilities: { session: true }, wedged: { reason: 'claude SDK init timeout - restart workspace', since } },
      });
      expect(await shownAs()).toBe('wedged');
    }
    await replayAll('wedge_cleared_beat');
    expect(await detail()).toMatchObject({ status: 'online', cause: null, evidence: { wedged: null } });
  });

  test('a partial beat does not count as recovery from errors', async () => {
    await replay(of('beat_with_error_rate')[0] as RecordedRequest, cast);
    await replay(of('tool delegate_task').find(({ path }) => path === '/registry/heartbeat') as RecordedRequest, cast);
    expect(await detail()).toMatchObject({ status: 'degraded', cause: 'errors', uptime_seconds: 3661 });
  });

  test('a stale token: 401 on every call and "token rejected" on the card, until the new token is used', async () => {
    await replayAll('healthy_beat');
    const [held] = await asOperator<{ id: string }[]>('GET', `/workspaces/${cast.self}/tokens`);
    await asOperator('DELETE', `/workspaces/${cast.self}/tokens/${held?.id}`);
    for (const recorded of of('http_401_rotation')) {
      const answer = await replay(recorded, cast);
      expect(answer, `${recorded.method} ${recorded.path}`).toMatchObject({
        status: 401,
        body: { error: expect.any(String), code: 'token_rejected', request_id: expect.any(String) },
      });
    }
    expect((await detail()).token_rejected_at).toBeGreaterThan(0);
    expect(await shownAs()).toBe('token_rejected');
    const fresh = await asOperator<{ auth_token: string }>('POST', `/workspaces/${cast.self}/tokens`, {});
    cast.token = fresh.auth_token;
    await replayAll('healthy_beat');
    expect((await detail()).token_rejected_at).toBeNull();
    expect(await shownAs()).toBe('online');
  });

  test('a rotated token is good until its successor is first used: a booting runtime still holds it', async () => {
    const old = { ...cast };
    cast.token = (await asOperator<{ auth_token: string }>('POST', `/workspaces/${cast.self}/tokens`, { rotate: true })).auth_token;
    const [beat] = of('healthy_beat') as [RecordedRequest];
    expect((await replay(beat, old)).status).toBe(200);
    expect((await replay(beat, cast)).status).toBe(200);
    expect((await replay(beat, old)).status).toBe(401);
  });

  test('what it tells the operator stands in the inbox, and a result told again is there once', async () => {
    const told = () => asOperator<InboxPage>('GET', `/inbox?view=all&workspace=${cast.self}`);
    const notified = Object.values(situations).flatMap((requests) => requests.filter(({ path }) => path.endsWith('/notify')));
    for (const recorded of [...notified, ...notified]) {
      expect((await replay(recorded, cast)).body).toMatchObject({ status: 'sent', incident_id: expect.any(String) });
    }
    const { items } = await told();
    const results = items.filter(({ kind }) => kind === 'delegation');
    const words = notified.flatMap(({ json }) => (json?.['type'] === 'delegation_result' ? [json['message']] : []));
    expect(results.reduce((sum, { count }) => sum + count, 0)).toBe(new Set(words).size);
    const details = await Promise.all(results.map(({ id }) => asOperator<IncidentDetail>('GET', `/inbox/${id}`)));
    expect(details.flatMap(({ entries }) => entries.map(({ text }) => text))).toContain('Delegation failed: Delegation failed');
    expect(items).toContainEqual(expect.objectContaining({ kind: 'agent_message', count: 2, detail: 'hello from agent' }));
  });

  test('the names and addresses that its loop and tools look up', async () => {
    const all = async (name: string): Promise<Answer[]> => Promise.all(of(name).map((recorded) => replay(recorded, cast)));
    const [peers] = await all('tool list_peers');
    expect(peers?.body).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          id: cast.peer,
          role: null,
          status: expect.any(String),
          parent_id: cast.parent,
          active_tasks: 0,
          agent_card: expect.objectContaining({ name: 'Peer' }),
        }),
        expect.objectContaining({ id: cast.parent }),
      ]),
    );
    const [discovered] = await all('tool delegate_task');
    expect(discovered?.body).toEqual({ id: cast.peer, url: `${agent.url}/Peer`, name: expect.stringMatching(/^Peer/) });
    const looked = await Promise.all(
      of('delegation_completed')
        .filter(({ path }) => /^\/workspaces\/[^/]+$/.test(path))
        .map((recorded) => replay(recorded, cast)),
    );
    expect(looked.map(({ body }) => body)).toMatchObject([
      { id: cast.self, parent_id: cast.parent },
      { id: cast.parent, name: expect.stringMatching(/^Parent/) },
    ]);
  });
});

/** The recorded requests of a situation. */
function of(name: string): RecordedRequest[] {
  return situations[name] ?? [];
}

async function replayAll(name: string): Promise<void> {
  for (const recorded of of(name)) expect((await replay(recorded, cast)).status).toBe(200);
}

function detail(): Promise<WorkspaceDetail> {
  return asOperator<WorkspaceDetail>('GET', `/workspaces/${cast.self}`);
}

/** The one word that the page shows for it. */
async function shownAs(): Promise<string> {
  const { counts } = await asOperator<{ counts: Record<string, number> }>('GET', `/workspaces?page&q=${cast.self}`);
  return Object.keys(counts)
    .filter((state) => (counts[state] ?? 0) > 0)
    .join(' ');
}
