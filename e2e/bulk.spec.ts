import type { BulkRestartDetail } from '#lib/contract/bulk-restarts.ts';
import { card, expect, live, type TestCanvas, test } from './canvas-test.ts';

const HOW_MANY = 12;
/** One that has nothing to do, and one that always has. */
const IDLE = { interval_seconds: 5, agent: { kind: 'command', command: ['true'] } };
const BUSY = { agent: { kind: 'sample', role: 'statistician' } };

/** Real processes, all of them heard of. */
async function localTeam(canvas: TestCanvas, howMany: number, config: Record<string, unknown>): Promise<string[]> {
  const ids: string[] = [];
  for (let n = 1; n <= howMany; n++) {
    const name = `Local ${String(n).padStart(2, '0')}`;
    ids.push((await canvas.call<{ id: string }>('POST', '/workspaces', { name, provisioner: 'process', config })).id);
  }
  const online = async () =>
    (await canvas.call<{ status: string }[]>('GET', '/workspaces')).filter((workspace) => workspace.status === 'online').length;
  await expect.poll(online, { timeout: 180_000 }).toBe(howMany);
  return ids;
}

test('restarts twelve, three at once, pauses at the one that fails, and goes on', async ({ canvas, page, context, faults }) => {
  test.setTimeout(600_000);
  const ids = await localTeam(canvas, HOW_MANY, IDLE);
  const elsewhere = await canvas.agent('Elsewhere');
  const broken = ids[1] ?? '';
  await canvas.call('PATCH', `/workspaces/${broken}`, { config: { agent: { kind: 'sample', role: 'nobody' } } });

  await page.goto(canvas.url);
  await live(page);
  await card(page, { id: ids[0] ?? '' })
    .locator('h3 a')
    .focus();
  await page.keyboard.press('x');
  const bar = page.getByRole('region', { name: 'Selection' });
  await expect(bar).toContainText('1 selected');
  await card(page, elsewhere).getByRole('checkbox').check({ force: true });
  await expect(bar).toContainText('2 selected');
  await bar.getByRole('button', { name: `Restart all ${HOW_MANY + 1}…` }).click();

  const sheet = page.getByRole('dialog');
  await expect(sheet.getByRole('list', { name: 'Would be restarted' }).getByRole('listitem')).toHaveCount(HOW_MANY);
  await expect(sheet.getByRole('list', { name: 'Left out' })).toContainText('Elsewhere');
  await expect(sheet.getByLabel('At a time')).toHaveValue('3');
  await sheet.getByLabel(/Why/).fill('new prompt');
  await sheet.getByRole('button', { name: `Restart ${HOW_MANY}` }).click();

  await expect(page).toHaveURL(/\/restarts\/bulk\//);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(`Restart of ${HOW_MANY} workspaces`);
  const id = new URL(page.url()).pathname.split('/').at(-1) ?? '';
  const read = () => canvas.call<BulkRestartDetail>('GET', `/bulk-restarts/${id}`);
  let most = 0;
  const settled = async () => {
    const bulk = await read();
    most = Math.max(most, bulk.items.filter((item) => item.state === 'running').length);
    return bulk.state === 'running' || bulk.items.some((item) => item.state === 'running') ? 'going on' : bulk.state;
  };
  await expect.poll(settled, { timeout: 240_000 }).toBe('paused');
  await expect(page.getByRole('main').getByRole('alert')).toContainText('1 failed');

  const second = await context.newPage();
  await second.goto(page.url());
  await live(second);
  await expect(second.getByRole('button', { name: 'Go on' })).toBeVisible();
  await page.getByRole('button', { name: 'Go on' }).click();
  await expect(page.getByRole('button', { name: 'Pause' })).toBeVisible();
  await expect.poll(settled, { timeout: 300_000 }).toBe('done');
  expect(most).toBeLessThanOrEqual(3);
  expect((await read()).counts).toMatchObject({ done: HOW_MANY - 1, failed: 1, running: 0, pending: 0 });

  for (const viewer of [page, second]) {
    await expect(viewer.getByRole('main')).toContainText('Done, not all', { timeout: 20_000 });
    await expect(viewer.getByRole('progressbar')).toHaveAttribute('aria-valuenow', String(HOW_MANY));
  }
  await page.getByRole('button', { name: /Failed/ }).click();
  await expect(page.getByRole('row')).toHaveCount(2);
  await page.getByRole('link', { name: 'Failed of Local 02' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Restart of Local 02');
  await expect(page.getByRole('button', { name: 'Start again' })).toBeVisible();
  await page.goto(`${canvas.url}/restarts?show=bulk`);
  await expect(page.getByRole('main').getByRole('listitem')).toContainText('new prompt');
  expect(faults).toEqual([]);
});

test('says of each why it was left out', async ({ canvas, page }) => {
  const first = await canvas.agent('First');
  const second = await canvas.agent('Second');
  const { id } = await canvas.call<BulkRestartDetail>('POST', '/bulk-restarts', { ids: [first.id, second.id], stop_after_failures: 1 });
  await page.goto(`${canvas.url}/restarts/bulk/${id}`);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Restart of 2 workspaces');
  await expect(page.getByRole('row', { name: /First/ })).toContainText('Canvas did not start it');
});

test('is paused, and aborted: what is under way goes on, the rest is left out', async ({ canvas, page }) => {
  test.setTimeout(240_000);
  const ids = await localTeam(canvas, 3, BUSY);
  const order = { ids, concurrency: 1, deadline_seconds: null };
  const { id } = await canvas.call<BulkRestartDetail>('POST', '/bulk-restarts', order);
  await page.goto(`${canvas.url}/restarts/bulk/${id}`);
  await live(page);
  await page.getByRole('button', { name: 'Pause' }).click();
  await expect(page.getByRole('button', { name: 'Go on' })).toBeVisible();
  await page.getByRole('button', { name: 'Abort…' }).click();
  await page.getByRole('dialog', { name: 'Leave out the rest?' }).getByRole('button', { name: 'Abort' }).click();
  await expect(page.getByRole('main').getByRole('status')).toHaveText('Aborted');
  await expect(page.getByRole('row', { name: /Skipped/ }).first()).toBeVisible();
  await expect(page.getByRole('button', { name: 'Abort…' })).toHaveCount(0);
  for (const item of (await canvas.call<BulkRestartDetail>('GET', `/bulk-restarts/${id}`)).items) {
    if (item.state === 'running') await canvas.call('POST', `/restarts/${item.run_id}/force`, {}).catch(() => undefined);
  }
  const left = async () => (await canvas.call<BulkRestartDetail>('GET', `/bulk-restarts/${id}`)).counts;
  await expect.poll(left, { timeout: 120_000 }).toMatchObject({ running: 0, pending: 0 });
  expect((await left()).skipped).toBeGreaterThanOrEqual(1);
});
