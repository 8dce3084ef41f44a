import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Provisioner } from '#lib/ports/provisioner.ts';
import { updateWorkspace } from '#lib/store/workspaces.ts';
import { LOCAL_OPERATOR } from './actor.ts';
import { callAgent } from './call-agent.ts';
import { register } from './registry-verbs.ts';
import { TestAgent } from './test-agent.ts';
import { TestPlatform } from './test-platform.ts';
import { deleteWorkspace } from './workspace-verbs.ts';

let canvas: TestPlatform;
let atlas: { id: string; token: string };

beforeEach(async () => {
  canvas = await new TestPlatform().open();
  atlas = await canvas.workspace('Atlas');
});
afterEach(async () => {
  await canvas.close();
  canvas.removeFolder();
});

/** As another process would: memory does not learn of it. */
const store = (url: string | null) => updateWorkspace(canvas.store.db, atlas.id, { url });
const address = async () => (await canvas.deps.addresses.of(atlas.id)).href;
const registers = (url: string) =>
  register(canvas.deps, { kind: 'workspace', id: atlas.id, name: 'Atlas', token_id: 't' }, { id: atlas.id, url, join_code: null });

describe('the address of an agent', () => {
  test('comes from the store at first, then for five minutes from memory', async () => {
    await store('http://10.0.0.1:8000/agent');
    expect(await address()).toBe('http://10.0.0.1:8000/agent');
    await store('http://10.0.0.2:8000/');
    canvas.now += 5 * 60_000 - 1;
    expect(await address()).toBe('http://10.0.0.1:8000/agent');
    canvas.now += 1;
    expect(await address()).toBe('http://10.0.0.2:8000/');
  });

  test('is looked up again after a new registration, and when it was told to forget', async () => {
    await registers('http://10.0.0.1:8000/');
    expect(await address()).toBe('http://10.0.0.1:8000/');
    await registers('http://10.0.0.2:8000/');
    expect(await address()).toBe('http://10.0.0.2:8000/');
    await store('http://10.0.0.3:8000/');
    canvas.deps.addresses.forget(atlas.id);
    expect(await address()).toBe('http://10.0.0.3:8000/');
  });

  test('is not remembered when it was forgotten while the store was asked', async () => {
    await store('http://10.0.0.1:8000/');
    const asked = address();
    canvas.deps.addresses.forget(atlas.id);
    await asked;
    await store('http://10.0.0.2:8000/');
    expect(await address()).toBe('http://10.0.0.2:8000/');
  });

  test('is known without the store until it has aged, and then cannot be told', async () => {
    await store('http://10.0.0.1:8000/');
    await address();
    await canvas.store.db.schema.alterTable('workspaces').renameTo('gone').execute();
    expect(await address()).toBe('http://10.0.0.1:8000/');
    canvas.now += 5 * 60_000;
    await expect(address()).rejects.toMatchObject({ code: 'unavailable', message: expect.stringContaining('Atlas') });
    await canvas.store.db.schema.alterTable('gone').renameTo('workspaces').execute();
    expect(await address()).toBe('http://10.0.0.1:8000/');
  });

  test.each([null, ''])('is an error when it is %j, and no empty address', async (url) => {
    await store(url);
    await expect(address()).rejects.toMatchObject({ code: 'upstream_unreachable', message: expect.stringContaining('Atlas') });
  });

  test.each(['not a url', 'file:///etc/passwd'])('is an error when it is %j', async (url) => {
    await store(url);
    await expect(address()).rejects.toMatchObject({ code: 'upstream_unreachable', message: expect.stringContaining(url) });
  });

  test('is none for a workspace that was removed, or never was', async () => {
    await expect(canvas.deps.addresses.of('nobody')).rejects.toMatchObject({ code: 'not_found' });
    await store('http://10.0.0.1:8000/');
    await address();
    await deleteWorkspace(canvas.deps, LOCAL_OPERATOR, { id: atlas.id });
    await expect(address()).rejects.toMatchObject({ code: 'gone' });
  });

  test.each(['http://127.0.0.1:4711/', 'http://localhost:4711/', 'http://[::1]:4711/'])(
    'in a container is the container’s of the workspace when it says %s',
    async (url) => {
      canvas.deps.options.insideContainer = true;
      await store(url);
      expect(await address()).toBe(`http://ws-${atlas.id.slice(0, 12)}:8000/`);
    },
  );

  test('in a container stays as it is when it is no loopback address, or of a process that runs beside the platform', async () => {
    canvas.deps.options.insideContainer = true;
    await store('http://10.0.0.1:8000/');
    expect(await address()).toBe('http://10.0.0.1:8000/');
    await store('http://127.0.0.1:4711/');
    canvas.deps.addresses.forget(atlas.id);
    const { row } = canvas.deps.fleet.get(atlas.id);
    canvas.deps.fleet.replaceRow(atlas.id, { ...row, provisioner: 'process' });
    canvas.deps.provisioner = { kind: 'process' } as Provisioner;
    expect(await address()).toBe('http://127.0.0.1:4711/');
    canvas.deps.provisioner = null;
  });
});

describe('a call to an agent', () => {
  let agent: TestAgent;
  beforeEach(async () => {
    agent = await new TestAgent().open();
  });
  afterEach(() => agent.close());

  const call = (path = '', some: object = {}) => callAgent(canvas.deps, atlas.id, { method: 'POST', path, timeoutMs: 10_000, ...some });

  test('goes to its address with the path appended and the inbound secret', async () => {
    agent.says(200, { ok: true });
    await store(`${agent.url}/a2a/`);
    expect(await call()).toMatchObject({ status: 200, body: { ok: true }, text: '{"ok":true}', ms: expect.any(Number) });
    await call('/signals/snapshot');
    const bearer = `Bearer ${canvas.deps.fleet.get(atlas.id).row.inbound_secret}`;
    expect(agent.asked).toEqual([
      { route: 'POST /a2a/', bearer },
      { route: 'POST /a2a/signals/snapshot', bearer },
    ]);
  });

  test('answers with what is no JSON too', async () => {
    agent.says(502, '<html>');
    await store(agent.url);
    expect(await call()).toMatchObject({ status: 502, body: null, text: '<html>' });
  });

  test('that finds nobody looks the address up once more, and goes to the newer one', async () => {
    const former = await new TestAgent().open();
    await store(former.url);
    await address();
    await former.close();
    await store(agent.url);
    agent.says(200, { ok: true });
    expect(await call()).toMatchObject({ status: 200 });
    expect(agent.asked).toHaveLength(1);
    expect(await address()).toBe(`${agent.url}/`);
  });

  test('that finds nobody at the newer address either says both', async () => {
    const [former, newer] = [await new TestAgent().open(), await new TestAgent().open()];
    await store(former.url);
    await address();
    await store(newer.url);
    const urls = [former.url, newer.url];
    await former.close();
    await newer.close();
    const said = (await call().catch((error: unknown) => error)) as { code: string; message: string };
    expect(said.code).toBe('upstream_unreachable');
    for (const url of urls) expect(said.message).toContain(url);
  });

  test('that finds nobody in the container of its own says what it registered, what was tried, and what to do', async () => {
    canvas.deps.options.insideContainer = true;
    await store('http://127.0.0.1:4711/');
    const said = (await call().catch((error: unknown) => error)) as { code: string; message: string; details: unknown };
    expect(said).toMatchObject({ code: 'upstream_unreachable', details: { begun: false } });
    for (const part of ['"http://127.0.0.1:4711/"', `ws-${atlas.id.slice(0, 12)}:8000`, 'CANVAS_IN_CONTAINER=0'])
      expect(said.message).toContain(part);
  });

  test('that was lost on the way is not sent again', async () => {
    agent.hangsUp();
    await store(agent.url);
    await expect(call('', { timeoutMs: null })).rejects.toMatchObject({ code: 'upstream_unreachable', details: { begun: true } });
    expect(agent.asked).toHaveLength(1);
  });

  test('refuses an answer that is larger than it may be', async () => {
    agent.says(200, 'x'.repeat(100));
    await store(agent.url);
    await expect(call('', { maxBytes: 99 })).rejects.toMatchObject({ code: 'upstream_failed' });
  });
});
