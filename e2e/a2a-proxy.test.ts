import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { CreatedToken } from '#lib/contract/access.ts';
import type { ActivityRow } from '#lib/contract/activity.ts';
import type { WorkspaceDetail } from '#lib/contract/workspaces.ts';
import { type RunningPlatform, startPlatform } from './running-platform.ts';

/** Answers with what it was told; "wait" works until it is ended, "fail" fails. */
const AGENT = `
  const text = require('node:fs').readFileSync(0, 'utf8');
  if (text === 'fail') {
    console.error('there is no such document');
    process.exit(1);
  }
  if (text === 'wait') setInterval(() => {}, 1000);
  else console.log('told: ' + text);
`;

type Json = Record<string, unknown>;
type Door = (body: Json) => Promise<{ status: number; type: string; text: string }>;

let folder: string;
let platform: RunningPlatform;
let id: string;
let doors: Record<'agent' | 'platform', Door>;

async function ask<T>(method: string, path: string, body?: unknown, token?: string): Promise<T> {
  const headers = {
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    ...(token ? { authorization: `Bearer ${token}` } : {}),
  };
  const response = await fetch(`${platform.url}${path}`, {
    method,
    headers,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${response.status} ${method} ${path}: ${text}`);
  return JSON.parse(text) as T;
}

function doorAt(url: string, headers: Record<string, string> = {}): Door {
  return async (body) => {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream', ...headers },
      body: JSON.stringify(body),
    });
    return { status: response.status, type: (response.headers.get('content-type') ?? '').split(';')[0] ?? '', text: await response.text() };
  };
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'canvas-proxy-'));
  platform = await startPlatform({ dataDir: folder, settings: { CANVAS_IN_CONTAINER: '0' } });
  const config = { agent: { kind: 'command', command: [process.execPath, '-e', AGENT], concurrency: 4 } };
  id = (await ask<{ id: string }>('POST', '/workspaces', { name: 'Atlas', provisioner: 'process', config })).id;
  const workspace = () => ask<WorkspaceDetail>('GET', `/workspaces/${id}`);
  await vi.waitFor(async () => expect((await workspace()).status).toBe('online'), { timeout: 90_000, interval: 100 });
  const { auth_token } = await ask<CreatedToken>('POST', `/workspaces/${id}/tokens`, {});
  const { platform_inbound_secret } = await ask<{ platform_inbound_secret: string }>(
    'POST',
    '/registry/heartbeat',
    { workspace_id: id, active_tasks: 0 },
    auth_token,
  );
  doors = {
    agent: doorAt((await workspace()).url ?? '', { authorization: `Bearer ${platform_inbound_secret}` }),
    platform: doorAt(`${platform.url}/workspaces/${id}/a2a`),
  };
}, 180_000);
afterAll(async () => {
  await platform.stop();
  rmSync(folder, { recursive: true, force: true });
}, 60_000);

const VERSIONS = {
  '0.3': {
    send: 'message/send',
    stream: 'message/stream',
    get: 'tasks/get',
    cancel: 'tasks/cancel',
    follow: 'tasks/resubscribe',
    part: (text: string) => ({ kind: 'text', text }),
    role: 'user',
    goOn: { blocking: false },
  },
  '1.0': {
    send: 'SendMessage',
    stream: 'SendStreamingMessage',
    get: 'GetTask',
    cancel: 'CancelTask',
    follow: 'SubscribeToTask',
    part: (text: string) => ({ text }),
    role: 'ROLE_USER',
    goOn: { returnImmediately: true },
  },
} as const;
type Version = (typeof VERSIONS)[keyof typeof VERSIONS];

const request = (method: string, params: Json) => ({ jsonrpc: '2.0', id: 'mine', method, params });
const message = ({ role, part }: Version, text: string, more: Json = {}) => ({
  message: { role, messageId: randomUUID(), parts: [part(text)] },
  ...more,
});
const eventsOf = (text: string) =>
  text
    .split('\n\n')
    .filter((event) => event.startsWith('data: '))
    .map((event) => JSON.parse(event.slice(6)) as Json);

/** Without what differs from one asking to the next: ids, times, and the mark of its trace that the platform gives a message. */
function comparable(value: unknown): unknown {
  const text = JSON.stringify(value, (key, inner: unknown) => (key === 'metadata' ? undefined : inner));
  return JSON.parse(text.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, '<id>').replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<time>')) as unknown;
}

/** The same asked of both doors, in turns. */
async function both<T>(work: (door: Door) => Promise<T>): Promise<[agent: T, platform: T]> {
  return [await work(doors.agent), await work(doors.platform)];
}

const taskIn = (result: unknown): { id: string } => ((result as { task?: unknown }).task ?? result) as { id: string };
const resultOf = (text: string) => (JSON.parse(text) as { result: unknown }).result;

describe.each(Object.entries(VERSIONS))('A2A %s: the answer through the platform is the one that the agent gives', (_name, version) => {
  test.each(['hello', 'fail', '<script>alert(1)</script> ü😀 \u2028'])('to a message: %s', async (text) => {
    const [direct, proxied] = await both(async (door) => {
      const { status, type, text: answer } = await door(request(version.send, message(version, text)));
      return { status, type, answer: comparable(JSON.parse(answer)) };
    });
    expect(proxied).toEqual(direct);
    expect(JSON.stringify(direct)).toMatch(/told: |no such document/);
  });

  test.each(['hello', 'fail'])('as a stream: %s', async (text) => {
    const [direct, proxied] = await both(async (door) => {
      const { status, type, text: answer } = await door(request(version.stream, message(version, text)));
      return { status, type, events: eventsOf(answer).map(comparable) };
    });
    expect(proxied).toEqual(direct);
    expect(direct.events.length).toBeGreaterThan(2);
  });

  test('about a task: what it is, to follow it, to end it, and when there is none', async () => {
    const [direct, proxied] = await both(async (door) => {
      const begun = await door(request(version.send, message(version, 'wait', { configuration: version.goOn })));
      const { id: task } = taskIn(resultOf(begun.text));
      const got = await door(request(version.get, { id: task }));
      const following = door(request(version.follow, { id: task }));
      // Followed only once it is seen: the other way the end could come before.
      await vi.waitFor(async () => expect((await door(request(version.get, { id: task }))).text).toMatch(/working/i), { timeout: 20_000 });
      const ended = await door(request(version.cancel, { id: task }));
      const last = eventsOf((await following).text).at(-1);
      const unknown = await door(request(version.get, { id: 'none' }));
      return comparable({
        begun: taskIn(resultOf(begun.text)).id === task,
        got: taskIn(resultOf(got.text)).id === task,
        ended: JSON.parse(ended.text),
        last,
        unknown: { status: unknown.status, answer: JSON.parse(unknown.text) },
      });
    });
    expect(proxied).toEqual(direct);
    expect(JSON.stringify(direct)).toMatch(/cancel/i);
  });
});

test('every message is in the activity of its agent, with what became of it', async () => {
  await doors.platform(request('message/send', message(VERSIONS['0.3'], 'one for the log')));
  const rows = await ask<ActivityRow[]>('GET', `/workspaces/${id}/activity?q=one for the log`);
  expect(rows).toMatchObject([{ activity_type: 'a2a_receive', status: 'ok', source_id: null, request_body: { method: 'message/send' } }]);
});

test('its card at the platform sends messages there, and they are answered', async () => {
  const card = await ask<{ url: string; capabilities: { streaming: boolean } }>('GET', `/workspaces/${id}/.well-known/agent-card.json`);
  expect(card.capabilities.streaming).toBe(true);
  expect((await doorAt(card.url)(request('message/send', message(VERSIONS['0.3'], 'by its card')))).text).toContain('told: by its card');
});
