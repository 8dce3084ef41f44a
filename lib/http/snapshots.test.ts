import { afterEach, beforeEach, expect, test } from 'vitest';
import { MAX_SNAPSHOT_BYTES } from '#lib/contract/snapshot.ts';
import type { LiveSnapshotAnswer, SnapshotDetail, SnapshotDiffAnswer, SnapshotRow } from '#lib/contract/snapshots.ts';
import { TestServer } from './test-server.ts';

let canvas: TestServer;
let atlas: { id: string; token: string };

beforeEach(async () => {
  canvas = await new TestServer().open();
  atlas = await canvas.workspace('Atlas');
});
afterEach(() => canvas.close());

const snapshot = (some: Record<string, unknown> = {}) => ({
  schema: 1,
  workspace_id: atlas.id,
  timestamp: 1000,
  boot_id: 'boot',
  current_task: '',
  active_tasks: 0,
  uptime_seconds: 1,
  session_id: null,
  transcript_lines: ['one'],
  completed_message_ids: [],
  adapter: {},
  redactions: {},
  dropped_sandbox: 0,
  ...some,
});
const upload = (body: unknown) =>
  canvas.ask<{ id: string; code: string }>(`POST /workspaces/${atlas.id}/snapshots`, { token: atlas.token, body });

test('sent, listed, read, compared', async () => {
  const first = await upload({ ...snapshot(), run_id: 'run' });
  const second = await upload(snapshot({ transcript_lines: ['one', 'two'] }));
  expect([first.status, second.status, Object.keys(first.body)]).toEqual([201, 201, ['id']]);
  const list = await canvas.ask<SnapshotRow[]>(`GET /workspaces/${atlas.id}/snapshots`);
  expect(list.body.map((row) => [row.id, row.run_id])).toEqual([
    [second.body.id, null],
    [first.body.id, 'run'],
  ]);
  expect(list.text).not.toContain('"snapshot"');
  const one = await canvas.ask<SnapshotDetail>(`GET /snapshots/${second.body.id}`);
  expect(one.body.snapshot.transcript_lines).toEqual(['one', 'two']);
  const diff = await canvas.ask<SnapshotDiffAnswer>(`GET /snapshots/${second.body.id}/diff?against=${first.body.id}`);
  expect(diff.body.diff.transcript.added).toEqual(['two']);
  expect((await canvas.ask<SnapshotDiffAnswer>(`GET /snapshots/${second.body.id}/diff`)).body).toEqual(diff.body);
  expect((await canvas.refusal(`GET /snapshots/${second.body.id}/diff?against=live`)).body.code).toBe('upstream_unreachable');
  expect((await canvas.ask<LiveSnapshotAnswer>(`GET /workspaces/${atlas.id}/snapshots/live`)).body).toMatchObject({
    source: 'last',
    last: { id: second.body.id },
  });
});

test('the largest snapshot passes also when it is written wide; a larger one is refused, whoever notices', async () => {
  const filled = (bytes: number) => snapshot({ adapter: { notes: 'a b '.repeat(bytes / 4) } });
  const largest = JSON.stringify(filled(MAX_SNAPSHOT_BYTES - 1024));
  expect((await upload(`${largest.slice(0, -1)}${' '.repeat(60_000)},"run_id":"run"}`)).status).toBe(201);
  for (const bytes of [MAX_SNAPSHOT_BYTES + 1024, MAX_SNAPSHOT_BYTES + 100_000]) {
    const refused = await upload(filled(bytes));
    expect([refused.status, refused.body.code]).toEqual([413, 'too_large']);
  }
});

test('a refusal names what is wrong', async () => {
  const refused = await canvas.refusal(`POST /workspaces/${atlas.id}/snapshots`, { token: atlas.token, body: snapshot({ boot_id: 5 }) });
  expect([refused.status, refused.body.error]).toEqual([400, expect.stringMatching(/^The snapshot was refused: boot_id: .*string/)]);
  const run = await canvas.refusal(`POST /workspaces/${atlas.id}/snapshots`, { token: atlas.token, body: { ...snapshot(), run_id: 5 } });
  expect([run.status, run.body.error]).toEqual([400, expect.stringMatching(/run_id: /)]);
});
