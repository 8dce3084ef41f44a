import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { card, expect, live, test } from './canvas-test.ts';
import { type GatedAgent, gatedAgent, SLIPPED } from './gated-agent.ts';

test.setTimeout(120_000);
const SLOW = { timeout: 40_000 };

/** At work on `text`, seen by the platform. */
async function busy(agent: GatedAgent, text: string): Promise<void> {
  await agent.send(text);
  await expect.poll(async () => (await agent.detail()).active_tasks, SLOW).toBeGreaterThan(0);
}

/** Every file below a folder in which `text` occurs. */
async function filesWith(folder: string, text: string): Promise<string[]> {
  const files = await readdir(folder, { recursive: true, withFileTypes: true });
  const found: string[] = [];
  for (const file of files) {
    if (!file.isFile()) continue;
    const path = join(file.parentPath, file.name);
    if ((await readFile(path).catch(() => Buffer.alloc(0))).includes(text)) found.push(path);
  }
  return found;
}

test('a wedged workspace is drained from its card, and comes back with its session and its messages', async ({
  canvas,
  page,
  context,
  dataDir,
  faults,
}) => {
  const agent = await gatedAgent(canvas, dataDir, 'Release Manager');
  await agent.send('secret');
  await expect
    .poll(async () => JSON.stringify(await canvas.call('GET', `/workspaces/${agent.id}/snapshots/live`)), SLOW)
    .toContain('[REDACTED:');
  await busy(agent, 'cut the release');
  const unwedge = await agent.wedge('SDK stream stalled: no event for 300 s');
  const bootBefore = (await agent.detail()).boot_id;
  await page.goto(canvas.url);
  await live(page);
  await card(page, agent).getByRole('button', { name: 'Drain and restart', exact: true }).click();

  const sheet = page.getByRole('dialog', { name: /Release Manager/ });
  await expect(sheet.getByRole('heading', { level: 2 })).toHaveText('Drain and restart Release Manager');
  await expect(sheet).toContainText('SDK stream stalled');
  await unwedge();
  await expect(sheet.getByRole('region', { name: 'Running now' })).toContainText('cut the release');
  const kept = sheet.getByRole('region', { name: 'What will be kept' });
  await expect(kept).toContainText('sess_8f31c2');
  await expect(
    kept.getByRole('region', { name: 'End of the transcript' }).getByText('[REDACTED:GITHUB_PAT]', { exact: true }),
  ).toBeVisible();
  await expect(kept.getByRole('list', { name: 'What was taken out' })).toContainText('1 secret hidden');
  await sheet.getByText('15 min').click();
  await expect(sheet).toContainText(/If work is still running at \d\d:\d\d, it is cancelled/);
  await sheet.getByRole('textbox', { name: 'Reason' }).fill('stuck on the stream');
  await sheet.getByRole('button', { name: 'Drain and restart' }).click();

  const steps = sheet.getByRole('list', { name: 'Steps' });
  await expect(sheet.getByRole('heading', { level: 2 })).toHaveText('Restarting Release Manager');
  await expect(sheet).toContainText(/asked for by this machine at .* “stuck on the stream”/);
  await expect(steps).toContainText('Signal acknowledged');
  await expect(steps).toContainText('Draining: 1 task left');
  await expect(steps).toContainText(/deadline in 1\d:\d\d/);
  await expect(sheet.getByRole('region', { name: 'Still running' })).toContainText('cut the release');
  await agent.send('add the security note');
  await expect(sheet.getByRole('region', { name: 'Waiting for it' })).toContainText('add the security note');

  // A reload in the middle, and a second viewer who opens it from the card.
  await page.reload();
  await expect(steps).toContainText('Draining: 1 task left');
  const other = await context.newPage();
  await other.goto(canvas.url);
  await expect(card(other, agent)).toContainText(/1 task left · deadline in/);
  await expect(card(other, agent)).toContainText('1 message waits');
  await card(other, agent).getByRole('button', { name: 'Force… Release Manager' }).click();
  const others = other.getByRole('dialog', { name: /Release Manager/ });
  await expect(others).toContainText('“stuck on the stream”');
  await expect(others.getByRole('list', { name: 'Steps' })).toContainText('Draining: 1 task left');

  await agent.letEnd('cut the release');
  await agent.letEnd('add the security note');
  for (const one of [sheet, others]) {
    await expect(one.getByRole('heading', { level: 2 })).toHaveText('Release Manager is back', SLOW);
    await expect(one.locator('[data-step="restored"]')).toHaveAttribute('data-state', 'done');
    const back = one.getByRole('region', { name: 'What came back' });
    await expect(back).toContainText('sess_8f31c2 · resumed');
    await expect(back).toContainText('1 delivered', SLOW);
  }
  const after = await agent.detail();
  expect(after.boot_id).not.toBe(bootBefore);
  await expect(sheet).toContainText(after.boot_id ?? 'no boot id');
  await sheet.getByRole('link', { name: /Compare/ }).click();
  await expect(page).toHaveURL(new RegExp(`/w/${agent.id}\\?snapshot=`));

  expect((await page.content()) + (await other.content()) + canvas.platform.log()).not.toContain(SLIPPED);
  expect(await filesWith(dataDir, SLIPPED)).toEqual([]);
  expect(faults).toEqual([]);
});

test('a restart is cancelled, and another one forced, at the price that the button names', async ({ canvas, page, dataDir }) => {
  const agent = await gatedAgent(canvas, dataDir, 'Docs Writer');
  await busy(agent, 'write the docs');
  await page.goto(`${canvas.url}/?restart=${agent.id}`);
  const sheet = page.getByRole('dialog');
  await sheet.getByText('no limit').click();
  await expect(sheet).toContainText('It waits for as long as running work takes');
  await sheet.getByRole('button', { name: 'Drain and restart' }).click();
  await expect(sheet).toContainText('Draining: 1 task left');
  const cancel = sheet.getByRole('button', { name: /^Cancel the restart/ });
  await expect(cancel).toContainText('nothing was stopped');
  await cancel.click();
  await expect(sheet.getByRole('heading', { level: 2 })).toHaveText('The restart of Docs Writer was cancelled');
  await expect.poll(async () => (await agent.detail()).status).toBe('online');

  await sheet.getByRole('button', { name: 'Ask again' }).click();
  await sheet.getByRole('button', { name: 'Drain and restart' }).click();
  const force = sheet.getByRole('button', { name: /^Force now: 1 task is cancelled/ });
  await expect(force).toContainText('delivered again after the restart');
  await force.click();
  await expect(sheet.getByRole('list', { name: 'Steps' })).toContainText('Forced: 1 task cut off', SLOW);
  await expect(sheet.getByRole('region', { name: 'Cut off' })).toContainText('write the docs', SLOW);
  await agent.letEnd('write the docs');
  await expect(sheet.getByRole('heading', { level: 2 })).toHaveText('Docs Writer is back', SLOW);
});

test('what is not done at the deadline is cut off, said so, and comes again', async ({ canvas, page, dataDir }) => {
  const agent = await gatedAgent(canvas, dataDir, 'Build Watcher');
  await busy(agent, 'watch the builds');
  await page.goto(canvas.url);
  await live(page);
  await canvas.call('POST', `/workspaces/${agent.id}/restart`, { deadline_seconds: 3 });
  await expect(card(page, agent)).toContainText('1 task left');
  await card(page, agent).getByRole('button', { name: 'Restart of Build Watcher: show it' }).click();
  const sheet = page.getByRole('dialog');
  await expect(sheet.locator('[data-step="drained"]')).toHaveAttribute('data-state', 'warned', SLOW);
  await expect(sheet.getByRole('list', { name: 'Steps' })).toContainText('The deadline passed: 1 task cut off');
  await expect(sheet.getByRole('region', { name: 'Cut off' })).toContainText('watch the builds');
  await agent.letEnd('watch the builds');
  await expect(sheet.getByRole('heading', { level: 2 })).toHaveText('Build Watcher is back', SLOW);
  await expect(sheet.getByRole('region', { name: 'What came back' })).toContainText('1 delivered', SLOW);
});

test('one that cannot be started shows its last words, keeps what waits, and is started again', async ({ canvas, page, dataDir }) => {
  const agent = await gatedAgent(canvas, dataDir, 'Fact Finder');
  await page.goto(`${canvas.url}/w/${agent.id}`);
  await live(page);
  await agent.breakProgram();
  await page.getByRole('main').getByRole('button', { name: 'Drain and restart' }).click();
  const sheet = page.getByRole('dialog');
  await sheet.getByRole('button', { name: 'Drain and restart' }).click();
  await expect(sheet.getByRole('heading', { level: 2 })).toHaveText('The restart of Fact Finder failed', SLOW);
  await expect(sheet.getByRole('region', { name: 'Its last output' })).toContainText('program');
  await agent.mendProgram();
  await sheet.getByRole('button', { name: /^Start again/ }).click();
  await expect(sheet.getByRole('heading', { level: 2 })).toHaveText('Fact Finder is back', SLOW);
});

test('what Canvas did not start is only drained, without the signal, and followed to its new process', async ({ canvas, page }) => {
  const agent = await canvas.agent('Legacy');
  await agent.beat({ active_tasks: 2, current_task: 'Index the archive' });
  await page.goto(canvas.url);
  await live(page);
  await card(page, agent).getByRole('button', { name: 'Drain and restart Legacy' }).click();
  const sheet = page.getByRole('dialog');
  await expect(sheet.getByRole('heading', { level: 2 })).toHaveText('Drain Legacy');
  await expect(sheet).toContainText('Canvas did not start it');
  await expect(sheet.getByRole('region', { name: 'Running now' })).toContainText('Index the archive, and 1 more');
  await expect(sheet.getByRole('region', { name: 'What will be kept' })).toContainText('None was saved before');
  await expect(sheet.getByRole('button', { name: 'Drain and restart' })).toHaveCount(0);
  await sheet.getByRole('button', { name: 'Drain only' }).click();
  await expect(sheet.locator('[data-step="signalled"]')).toHaveAttribute('data-state', 'warned');
  await expect(sheet.getByRole('list', { name: 'Steps' })).toContainText('watching its tasks instead');
  await expect(sheet).toContainText('Draining: 2 tasks left');
  await agent.beat({ active_tasks: 1 });
  await expect(sheet).toContainText('1 task; its runtime does not name them');
  await agent.beat({ active_tasks: 0 });
  await expect(sheet.getByRole('heading', { level: 2 })).toHaveText('Legacy is drained', SLOW);
  await expect(sheet).toContainText('Waiting for a new process');
  await agent.beat({ boot_id: 'boot-new', uptime_seconds: 1 });
  await expect(sheet.getByRole('heading', { level: 2 })).toHaveText('Legacy is back', SLOW);
  await expect(sheet).toContainText('boot-new');
});
