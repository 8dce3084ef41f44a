import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type Heartbeat, heartbeatSchema } from '#lib/contract/heartbeat.ts';
import { SAMPLE_ROLES } from '#lib/runtime/config-schema.ts';
import { bundleRuntime, type Started, startProgram } from '#lib/runtime/test-bundle.ts';
import { testFolders } from '#lib/runtime/test-folder.ts';
import { type Reply, type SeenRequest, TestPlatform } from '#lib/runtime/test-platform.ts';

const newFolder = testFolders();
const PACE = 0.05;
const PAGES = 60;
let built: string;
let program: string;
let platform: TestPlatform;
const running: Started[] = [];

beforeAll(async () => {
  built = mkdtempSync(join(tmpdir(), 'canvas-sample-bundle-'));
  program = bundleRuntime(built);
  platform = await TestPlatform.start();
});
afterEach(async () => {
  for (const { child, ended } of running.splice(0)) {
    child.kill('SIGKILL');
    await ended;
  }
});
afterAll(async () => {
  await platform.close();
  rmSync(built, { recursive: true, force: true });
});

/** The registry's part: who has registered is found by id, and all are peers. */
function registry(request: SeenRequest): Reply | undefined {
  const known = platform.seen
    .filter((seen) => seen.path === '/registry/register')
    .map((seen) => seen.body as { id: string; url: string; agent_card: { name: string } });
  const found = known.findLast((member) => request.path === `/registry/discover/${member.id}`);
  if (found) return { status: 200, body: { id: found.id, url: found.url, name: found.agent_card.name } };
  if (!/^\/registry\/[^/]+\/peers$/.test(request.path)) return undefined;
  return {
    status: 200,
    body: known.map((member) => ({
      id: member.id,
      name: member.agent_card.name,
      role: null,
      status: 'online',
      parent_id: null,
      active_tasks: 0,
      agent_card: member.agent_card,
    })),
  };
}

test('six processes work together: they report, one wedges and recovers, one fails often, one crashes', async () => {
  platform.onRequest = registry;
  const project = newFolder();
  for (let number = 1; number <= PAGES; number += 1)
    writeFileSync(
      join(project, `page-${number}.md`),
      `# Page ${number}\n\nThe heartbeat of page ${number} goes on. See [next](page-${(number % PAGES) + 1}.md).\n`,
    );
  const folders = new Map<string, string>();
  const members = new Map<string, Started>();
  for (const role of SAMPLE_ROLES) {
    const folder = newFolder();
    folders.set(role, folder);
    const config = {
      platform_url: platform.url,
      workspace_id: role,
      interval_seconds: 5,
      agent: { kind: 'sample', role, docs: project, pace: PACE },
    };
    writeFileSync(join(folder, 'workspace.json'), JSON.stringify(config));
    const started = startProgram(program, ['--config', join(folder, 'workspace.json')]);
    running.push(started);
    members.set(role, started);
  }
  const beatsOf = (role: string) =>
    platform.seen
      .filter((seen) => seen.path === '/registry/heartbeat')
      .map((seen) => heartbeatSchema.parse(seen.body))
      .filter((beat) => beat.workspace_id === role);
  const beat = (role: string, fits: (beat: Heartbeat) => boolean, from = 0) => platform.until(() => beatsOf(role).slice(from).find(fits));

  await beat('searcher', (seen) => seen.runtime_state === 'wedged' && (seen.sample_error ?? '').includes('index.lock'));
  const wedgedAt = beatsOf('searcher').length;
  await beat('searcher', (seen) => seen.runtime_state === '', wedgedAt);
  await beat('link-checker', (seen) => (seen.error_rate ?? 0) > 0 && (seen.sample_error ?? '').startsWith('drafts/'));
  expect(await members.get('statistician')?.ended).toEqual({ code: 1, signal: null });
  expect(readFileSync(join(folders.get('lead') ?? '', 'report.md'), 'utf8')).toMatch(/^# Report \d+\n\n- /);
  for (const role of SAMPLE_ROLES)
    expect(new Set(beatsOf(role).map((seen) => seen.current_task)).size, `tasks of the ${role}`).toBeGreaterThan(1);
  expect(platform.faults).toEqual([]);
  members.get('lead')?.child.kill('SIGTERM');
  expect((await members.get('lead')?.ended)?.code).toBe(0);
}, 60_000);
