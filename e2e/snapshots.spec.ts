import type { RestartPage } from '#lib/contract/restarts.ts';
import type { SnapshotRow } from '#lib/contract/snapshots.ts';
import { expect, live, type TestAgent, type TestCanvas, test } from './canvas-test.ts';

/** Made of pieces: nobody's, and nothing that looks like one is in this file. */
const SECRET = ['ghp', 'q7Rw2Ty9Uz4Xb6Nc1Md8Ke3Lf5Gh0JaPsVtY'].join('_');
const MARKUP = '<img src=x onerror="document.title=1">';

/** What the runtime of a played agent would send at its end. */
async function keep(canvas: TestCanvas, agent: TestAgent, over: Record<string, unknown>): Promise<string> {
  const body = {
    schema: 1,
    workspace_id: agent.id,
    timestamp: Date.now(),
    boot_id: `boot-${agent.id}`,
    current_task: 'Cut release 2.14',
    active_tasks: 1,
    uptime_seconds: 3600,
    session_id: 'sess_8f31c2',
    transcript_lines: ['user: cut the release', 'agent: reading the changelog'],
    transcript_lines_dropped: 0,
    completed_message_ids: ['m-1'],
    unfinished: [],
    adapter: { model: 'fast' },
    redactions: {},
    dropped_sandbox: 0,
    ...over,
  };
  const response = await fetch(`${canvas.url}/workspaces/${agent.id}/snapshots`, {
    method: 'POST',
    headers: { authorization: `Bearer ${agent.token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (response.status !== 201) throw new Error(`The snapshot was answered ${response.status}: ${await response.text()}`);
  return ((await response.json()) as { id: string }).id;
}

test('lists what was kept, hides what was secret, and tells two of them apart', async ({ canvas, page, faults }) => {
  const agent = await canvas.agent('Release Manager');
  await keep(canvas, agent, { current_task: 'Read the changelog', timestamp: Date.now() - 60_000 });
  const newest = await keep(canvas, agent, {
    transcript_lines: ['user: cut the release', 'agent: reading the changelog', `agent: npm publish --token ${SECRET}`, `agent: ${MARKUP}`],
    completed_message_ids: ['m-1', 'm-2', 'm-3'],
    adapter: { model: 'careful' },
  });
  const texts: Promise<string>[] = [];
  page.on('response', (response) => {
    if (new URL(response.url()).pathname !== '/events') texts.push(response.text().catch(() => ''));
  });
  await page.goto(`${canvas.url}/w/${agent.id}`);
  const panel = page.getByRole('region', { name: 'Snapshots' });
  await expect(panel.getByRole('listitem').first()).toContainText('Cut release 2.14');
  await expect(panel.getByRole('list', { name: 'What was taken out' })).toContainText('1 secret hidden');
  await panel.getByRole('button', { name: 'Cut release 2.14' }).click();
  await expect(page).toHaveURL(new RegExp(`snapshot=${newest}`));
  const sheet = page.getByRole('dialog', { name: 'Snapshot' });
  await expect(sheet.locator('mark')).toHaveText('[REDACTED:GITHUB_PAT]');
  await expect(sheet.getByRole('list', { name: 'Transcript' })).toContainText(MARKUP);
  await expect(sheet).toContainText('sess_8f31c2');
  await sheet.getByRole('button', { name: 'Compare' }).click();
  await expect(sheet.getByRole('row', { name: /Task/ })).toContainText('Read the changelog');
  await expect(sheet.getByRole('row', { name: /model/ })).toContainText('careful');
  const lines = sheet.getByRole('list', { name: 'Transcript lines that differ' });
  await expect(lines.getByRole('listitem')).toHaveText([
    /2 lines the same/,
    /added: agent: npm publish --token \[REDACTED:GITHUB_PAT\]/,
    /added: agent: <img/,
  ]);
  await expect(sheet.getByRole('list', { name: 'Other changes' })).toContainText('2 more messages done');
  // A reload keeps what is open; going back closes it.
  await page.reload();
  await expect(page.getByRole('dialog', { name: 'Snapshot' }).getByRole('row', { name: /Task/ })).toContainText('Cut release 2.14');
  await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click();
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await expect(page).not.toHaveURL(/snapshot=/);
  expect((await Promise.all(texts)).join('\n') + (await page.content())).not.toContain(SECRET);
  expect(await page.title()).not.toBe('1');
  expect(faults).toEqual([]);
});

test('says so when the comparison fails, and keeps the rest', async ({ canvas, page }) => {
  const agent = await canvas.agent('Quiet');
  const only = await keep(canvas, agent, {});
  await page.route('**/snapshots/*/diff*', (route) =>
    route.fulfill({ status: 503, json: { error: 'The store does not answer. Try again in a moment.', code: 'unavailable' } }),
  );
  await page.goto(`${canvas.url}/w/${agent.id}?snapshot=${only}&against=live`);
  const sheet = page.getByRole('dialog', { name: 'Snapshot' });
  await expect(sheet.getByRole('alert')).toContainText('The store does not answer.');
  await page.unroute('**/snapshots/*/diff*');
  await sheet.getByRole('button', { name: 'What it holds' }).click();
  await expect(sheet.getByRole('list', { name: 'Transcript' })).toContainText('reading the changelog');
});

test('starts again from an older one, after it kept what was there', async ({ canvas, page }) => {
  test.setTimeout(180_000);
  const { id } = await canvas.call<{ id: string }>('POST', '/workspaces', {
    name: 'Local',
    provisioner: 'process',
    config: { agent: { kind: 'sample', role: 'statistician' } },
  });
  const status = async () => (await canvas.call<{ status: string }>('GET', `/workspaces/${id}`)).status;
  const kept = () => canvas.call<SnapshotRow[]>('GET', `/workspaces/${id}/snapshots`);
  await expect.poll(status, { timeout: 60_000 }).toBe('online');
  await canvas.call('POST', `/workspaces/${id}/restart`, { force: true });
  await expect.poll(async () => (await kept()).length, { timeout: 60_000 }).toBeGreaterThan(0);
  await expect.poll(status, { timeout: 60_000 }).toBe('online');
  const older = (await kept()).at(-1)?.id ?? '';
  await page.goto(`${canvas.url}/w/${id}?snapshot=${older}`);
  await live(page);
  await page.getByRole('button', { name: 'Restore this one…' }).click();
  const asking = page.getByRole('dialog', { name: 'Restore this snapshot?' });
  await expect(asking).toContainText('saved as a snapshot first');
  const before = (await kept()).length;
  await asking.getByRole('button', { name: 'Drain and restore' }).click();
  await expect(page).toHaveURL(/restart=/);
  const runs = async () => (await canvas.call<RestartPage>('GET', `/workspaces/${id}/restarts`)).items;
  await expect.poll(async () => (await runs())[0]?.restore_snapshot_id, { timeout: 20_000 }).toBe(older);
  const run = (await runs())[0]?.id ?? '';
  // It always has something at work: nobody waits for that here, as somebody may do who looks at the sheet.
  await canvas.call('POST', `/restarts/${run}/force`, {}).catch(() => undefined);
  await expect.poll(async () => (await runs())[0]?.state, { timeout: 120_000 }).toBe('done');
  expect((await kept()).length).toBeGreaterThan(before);
});
