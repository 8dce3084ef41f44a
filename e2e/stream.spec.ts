import { canvasAt, card, expect, hydrated, live, test, WEDGE } from './canvas-test.ts';
import { freePort, startPlatform } from './running-platform.ts';
import { stallableProxy } from './stallable-proxy.ts';

test('catches up after the platform was killed and came back, without a reload', async ({ dataDir, page }) => {
  const port = await freePort();
  const before = await startPlatform({ dataDir, port });
  const canvas = canvasAt(before);
  const agent = await canvas.agent('Survivor');
  await page.goto(canvas.url);
  await live(page);
  await page.evaluate(() => Object.assign(window, { sameDocument: true }));
  await before.kill9();
  await expect(page.locator('[data-live="reconnecting"], [data-live="polling"]')).toBeVisible();
  const lost = page.getByRole('status').filter({ hasText: 'The connection to Canvas was lost' });
  await expect(lost).toBeVisible();
  const [notice, chips] = [await lost.boundingBox(), await page.getByRole('group', { name: 'Show only' }).boundingBox()];
  expect(notice?.y).toBeGreaterThanOrEqual((chips?.y ?? Number.NaN) + (chips?.height ?? 0));
  const after = await startPlatform({ dataDir, port });
  try {
    await agent.beat(WEDGE);
    const late = await canvasAt(after).agent('Newcomer');
    await expect(card(page, agent)).toHaveAttribute('data-state', 'wedged', { timeout: 30_000 });
    await expect(card(page, late)).toBeVisible();
    await live(page);
    await expect(page.getByText('The connection to Canvas was lost')).toHaveCount(0);
    expect(await page.evaluate(() => 'sameDocument' in window)).toBe(true);
  } finally {
    await after.stop();
  }
});

test('one stream serves all tabs, and another tab takes over when its owner is closed', async ({ canvas, context }) => {
  const agent = await canvas.agent('Shared');
  let streams = 0;
  context.on('request', (request) => {
    if (request.headers()['accept'] === 'text/event-stream') streams += 1;
  });
  const [first, second, third] = [await context.newPage(), await context.newPage(), await context.newPage()];
  for (const page of [first, second, third]) {
    await page.goto(canvas.url);
    await live(page);
  }
  await agent.beat({ current_task: 'seen by all' });
  for (const page of [first, second, third]) await expect(card(page, agent)).toContainText('seen by all');
  expect(streams).toBe(1);
  await first.close();
  await expect.poll(() => streams).toBe(2);
  await agent.beat({ current_task: 'seen after it was closed' });
  for (const page of [second, third]) await expect(card(page, agent)).toContainText('seen after it was closed');
  expect(streams).toBe(2);
});

test('wakes from sleep with a dead connection, and is right again', async ({ canvas, page }) => {
  const agent = await canvas.agent('Sleeper');
  const proxy = await stallableProxy(canvas.url);
  try {
    await page.clock.install();
    await page.goto(proxy.url);
    await live(page);
    proxy.stall();
    await agent.beat({ current_task: 'while asleep' });
    await page.clock.setSystemTime(Date.now() + 3_600_000);
    await expect(card(page, agent)).toContainText('while asleep');
    await live(page);
  } finally {
    proxy.close();
  }
});

test('says that changes arrive only when they do, and moves nothing for it', async ({ canvas, page }) => {
  let release: () => void = () => {};
  const released = new Promise<void>((resolve) => (release = resolve));
  await page.route('**/events', async (route) => {
    await released;
    await route.continue();
  });
  await page.goto(canvas.url);
  const mark = page.locator('[data-live]');
  await hydrated(mark);
  await expect(mark).toHaveAttribute('data-live', 'connecting');
  await expect(mark.getByText('live')).toBeHidden();
  const before = await mark.boundingBox();
  release();
  await live(page);
  await expect(mark.getByText('live')).toBeVisible();
  expect(await mark.boundingBox()).toEqual(before);
});
