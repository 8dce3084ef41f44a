import { card, expect, live, test, WEDGE } from './canvas-test.ts';

const TURNED = 'turned \u202Egpj';

test('half a character in the texts of an agent breaks the page for nobody', async ({ canvas, page, faults }) => {
  const agent = await canvas.agent('half \ud800 name', { role: 'half \udc00 role', labels: { team: '\ud800x' } });
  await agent.beat({ current_task: 'x\ud800y' });
  const stuck = await canvas.agent('Stuck');
  await stuck.beat({ ...WEDGE, sample_error: 'broke \udfff off' });
  await page.goto(canvas.url);
  await live(page);
  await expect(card(page, agent)).toContainText('x\ufffdy');
  await expect(card(page, agent)).toContainText('half \ufffd name');
  await expect(card(page, stuck)).toContainText('broke \ufffd off');
  await page.goto(`${canvas.url}/w/${agent.id}`);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('half \ufffd name');
  await live(page);
  expect(faults).toEqual([]);
});

test('a name that turns the text around it does so nowhere', async ({ canvas, page, faults }) => {
  const agent = await canvas.agent(TURNED);
  await agent.beat(WEDGE);
  await page.goto(canvas.url);
  await live(page);
  await expect(card(page, agent).getByRole('button', { name: 'More about turned gpj' })).toBeVisible();
  await page.getByRole('button', { name: 'Connect an agent' }).click();
  await page.getByLabel('What is it called?').fill(TURNED);
  await page.getByRole('button', { name: 'Create and get a code' }).click();
  await expect(page.getByText('Waiting for the first beat of turned gpj.')).toBeVisible();
  const raw = await page.evaluate(() => {
    const labels = [...document.querySelectorAll('[aria-label], [title]')].flatMap((one) => [one.ariaLabel, one.getAttribute('title')]);
    return [document.body.innerText, ...labels].filter((text) => text?.includes('\u202E'));
  });
  expect(raw).toEqual([]);
  expect(faults).toEqual([]);
});

test.describe('on a phone', () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });

  test('no number is too large for a card, and an agent can be connected', async ({ canvas, page }) => {
    const agent = await canvas.agent('Counter');
    await agent.beat({ uptime_seconds: 1e15, requests: 9e15, active_tasks: 1e9, error_rate: 0.6, sample_error: 'x'.repeat(2000) });
    const plain = await canvas.agent('Plain');
    await plain.beat({ uptime_seconds: 3e9, requests: 99_999, active_tasks: 10_000, error_rate: 0.4 });
    await page.goto(canvas.url);
    await live(page);
    for (const one of [agent, plain]) {
      const [outer, facts] = [await card(page, one).boundingBox(), await card(page, one).locator('dl').boundingBox()];
      expect((outer?.x ?? 0) + (outer?.width ?? 999)).toBeLessThanOrEqual(390);
      expect((facts?.x ?? 0) + (facts?.width ?? 999)).toBeLessThanOrEqual(390);
      expect(
        await card(page, one)
          .locator('dl')
          .evaluate((dl) => dl.scrollWidth <= dl.clientWidth),
      ).toBe(true);
    }
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
    await page.getByRole('banner').getByRole('button', { name: 'Connect an agent' }).click();
    await expect(page.getByRole('dialog', { name: 'Connect an agent' })).toBeVisible();
  });
});
