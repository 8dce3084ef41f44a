import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Credentials } from '#lib/runtime/credentials.ts';
import { PlatformClient } from '#lib/runtime/platform-client.ts';
import { testFolders } from '#lib/runtime/test-folder.ts';
import { refusal, type SeenRequest, TestPlatform } from '#lib/runtime/test-platform.ts';
import { PollInbox } from './poll-inbox.ts';

const newFolder = testFolders();
let platform: TestPlatform;
let client: PlatformClient;
let inbox: PollInbox;
beforeEach(async () => {
  platform = await TestPlatform.start();
  const folder = newFolder();
  writeFileSync(join(folder, '.auth_token'), 'token-one');
  const credentials = new Credentials(folder);
  await credentials.load();
  client = new PlatformClient(platform.url, credentials);
  inbox = new PollInbox('ws-1', () => client);
});
afterEach(async () => {
  client.close();
  await platform.close();
});

/** What a platform holds for a workspace that fetches its messages. `knowsStatus`: it lists those that are not answered, oldest first. */
class Held {
  readonly rows: { id: string; status: string; created_at: number }[] = [];
  readonly #knowsStatus: boolean;

  constructor(knowsStatus: boolean) {
    this.#knowsStatus = knowsStatus;
  }

  add(count: number): void {
    for (let number = 0; number < count; number += 1) {
      const at = this.rows.length;
      this.rows.push({ id: `q${at}`, status: 'delivering', created_at: at });
    }
  }

  readonly answer = ({ method, path }: SeenRequest) => {
    const { pathname, searchParams } = new URL(path, 'http://platform');
    if (method === 'GET') {
      const limit = Number(searchParams.get('limit'));
      const open = this.rows.filter(({ status }) => status === searchParams.get('status'));
      const listed = this.#knowsStatus ? open.slice(0, limit) : [...this.rows].reverse().slice(0, limit);
      return { status: 200, body: listed.map((row) => ({ ...row, source_id: null, request_body: requestOf(row.id) })) };
    }
    const row = this.rows.find(({ id }) => pathname.endsWith(`/a2a/queue/${id}/answer`));
    if (row?.status !== 'delivering') return refusal(409, 'conflict', 'It was answered before');
    row.status = 'ok';
    return { status: 200, body: {} };
  };
}

const requestOf = (queue_id: string) => ({
  queue_id,
  method: 'message/send',
  params: { message: { parts: [{ kind: 'text', text: 'hi' }] } },
});
const idsOf = (messages: { message_id: string }[]) => messages.map(({ message_id }) => message_id);

test('none is lost however many there are: the oldest that waits comes first', async () => {
  const held = new Held(true);
  platform.onRequest = held.answer;
  held.add(450);
  const answered: string[] = [];
  for (let open = await inbox.open(); open.length > 0; open = await inbox.open()) {
    for (const id of idsOf(open)) {
      await inbox.answer(id, { text: 'yes' });
      answered.push(id);
    }
  }
  expect(answered).toEqual(held.rows.map(({ id }) => id));
  expect(platform.seen[0]?.path).toBe('/workspaces/ws-1/activity?type=a2a_receive&status=delivering&limit=200');
});

test('from a platform that shows only its newest rows, what was seen stays until it is answered', async () => {
  const held = new Held(false);
  platform.onRequest = held.answer;
  held.add(2);
  expect(idsOf(await inbox.open())).toEqual(['q0', 'q1']);
  held.add(300);
  expect(idsOf(await inbox.open()).slice(0, 3)).toEqual(['q0', 'q1', 'q102']);
  await inbox.answer('q0', { text: 'yes' });
  await inbox.answer('q102', { text: 'yes' });
  expect(idsOf(await inbox.open()).slice(0, 2)).toEqual(['q1', 'q103']);
  Object.assign(held.rows[1] ?? {}, { status: 'ok' });
  await expect(inbox.answer('q1', { text: 'yes' })).rejects.toMatchObject({ code: 'conflict' });
  expect(idsOf(await inbox.open()).slice(0, 2)).toEqual(['q103', 'q104']);
});

test('what was answered by another session is no longer shown', async () => {
  for (const knowsStatus of [true, false]) {
    const held = new Held(knowsStatus);
    platform.onRequest = held.answer;
    held.add(3);
    await inbox.open();
    Object.assign(held.rows[0] ?? {}, { status: 'ok' });
    expect(idsOf(await inbox.open()), `knows status: ${knowsStatus}`).toEqual(['q1', 'q2']);
  }
});
