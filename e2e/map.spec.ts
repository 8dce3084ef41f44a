import type { Locator, Page } from '@playwright/test';
import { findings } from './axe-findings.ts';
import { expect, live, type TestAgent, type TestCanvas, test, WEDGE } from './canvas-test.ts';
import { smallTargets } from './small-targets.ts';

async function family(canvas: TestCanvas): Promise<{ lead: TestAgent; one: TestAgent; two: TestAgent }> {
  const lead = await canvas.agent('Lead');
  const one = await canvas.agent('One', { parent_id: lead.id });
  const two = await canvas.agent('Two', { parent_id: lead.id });
  return { lead, one, two };
}

type Box = Awaited<ReturnType<Locator['boundingBox']>>;

const node = (page: Page, { id }: { id: string }) => page.locator(`[data-map-node="${id}"]`);

async function openMap(page: Page, url: string): Promise<void> {
  await page.goto(`${url}/?view=map`);
  await live(page);
  await expect(page.locator('[data-map="laid-out"]')).toBeVisible();
}

/** Where it stands once no move of the view is under way any more. */
async function standsAt(page: Page, agent: { id: string }): Promise<Box> {
  let now: Box = null;
  let times = 0;
  await expect
    .poll(async () => {
      const before = JSON.stringify(now);
      now = await node(page, agent).boundingBox();
      times = now !== null && JSON.stringify(now) === before ? times + 1 : 0;
      return times;
    })
    .toBeGreaterThanOrEqual(3);
  return now;
}

/** One workspace gives another a task that nobody works on: the agents of this test have no address. */
async function delegate(canvas: TestCanvas, from: TestAgent, to: TestAgent): Promise<void> {
  await canvas.call('POST', `/workspaces/${from.id}/delegate`, { target_id: to.id, task: 'Count the documents' });
}

test('shows who reports to whom and who asked whom, live', async ({ canvas, page, faults }) => {
  const { lead, one, two } = await family(canvas);
  await delegate(canvas, lead, one);
  await openMap(page, canvas.url);
  const above = await standsAt(page, lead);
  const below = await standsAt(page, one);
  expect(below?.y).toBeGreaterThan((above?.y ?? 0) + (above?.height ?? 0));
  await expect(page.locator('.map-reports')).toHaveCount(2);
  await expect(page.locator('.map-asked')).toHaveCount(1);
  await expect(page.locator('.react-flow__edge-text')).toHaveText('1 asked, 1 open');
  await delegate(canvas, one, two);
  await expect(page.locator('.map-asked')).toHaveCount(2);
  await two.beat(WEDGE);
  await expect(node(page, two)).toContainText('Wedged');
  const late = await canvas.agent('Late Comer', { parent_id: two.id });
  await expect(node(page, late)).toBeVisible();
  expect(faults).toEqual([]);
});

test('what was dragged stays there, for this person, until it is arranged anew', async ({ canvas, page }) => {
  const { lead } = await family(canvas);
  await openMap(page, canvas.url);
  const before = await standsAt(page, lead);
  await node(page, lead).hover({ position: { x: 100, y: 52 } });
  await page.mouse.down();
  await page.mouse.move(300, 300, { steps: 5 });
  const kept = page.waitForResponse((response) => response.request().method() === 'PATCH' && response.url().endsWith('/preferences'));
  await page.mouse.up();
  expect((await kept).status()).toBe(200);
  const preferences = await canvas.call<{ map: Record<string, [number, number]> }>('GET', '/preferences');
  expect(Object.keys(preferences.map)).toEqual([lead.id]);
  await page.reload();
  await live(page);
  await expect(page.getByRole('button', { name: 'Arrange anew' })).toBeVisible();
  await page.getByRole('button', { name: 'Arrange anew' }).click();
  await expect(page.getByRole('button', { name: 'Arrange anew' })).toBeHidden();
  await expect.poll(async () => (await canvas.call<{ map: object }>('GET', '/preferences')).map).toEqual({});
  await openMap(page, canvas.url);
  await expect.poll(() => node(page, lead).boundingBox()).toEqual(before);
});

test('an arrangement that cannot be kept goes back and says why', async ({ canvas, page }) => {
  const { lead } = await family(canvas);
  await openMap(page, canvas.url);
  const before = await standsAt(page, lead);
  await page.route('**/preferences', (route) =>
    route.request().method() === 'PATCH'
      ? route.fulfill({ status: 503, contentType: 'application/json', body: '{"error":"The disk is full.","code":"unavailable"}' })
      : route.continue(),
  );
  await node(page, lead).hover({ position: { x: 100, y: 52 } });
  await page.mouse.down();
  await page.mouse.move(300, 300, { steps: 5 });
  await page.mouse.up();
  await expect(page.getByRole('alert').filter({ hasText: 'The disk is full.' })).toBeVisible();
  await expect.poll(() => node(page, lead).boundingBox()).toEqual(before);
});

test('follows the search, keeps those above a match, and is the same as a list', async ({ canvas, page }) => {
  const { lead, one, two } = await family(canvas);
  await delegate(canvas, lead, one);
  await openMap(page, canvas.url);
  await page.getByText('The map as a list').click();
  const list = page.locator('details', { hasText: 'The map as a list' });
  await expect(list.getByRole('link')).toHaveText(['Lead', 'One', 'Two']);
  await expect(list).toContainText('→ One: 1 asked, 1 open');
  await page.getByLabel('Search the fleet').fill('one');
  await expect(node(page, two)).toHaveCount(0);
  await expect(node(page, lead)).toBeVisible();
  await node(page, one).getByRole('link').click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('One');
  await page.goBack();
  await expect(page).toHaveURL(/view=map/);
});

test('at first, and when it is asked to, it shows everyone', async ({ canvas, page }) => {
  const { lead } = await family(canvas);
  for (let n = 0; n < 30; n += 1) await canvas.agent(`Member ${n}`, n % 3 === 0 ? {} : { parent_id: lead.id });
  await openMap(page, canvas.url);
  const all = page.locator('[data-map-node]');
  await expect(all).toHaveCount(33);
  await page.getByRole('button', { name: 'Zoom In' }).click({ clickCount: 4 });
  await expect.poll(() => all.count()).toBeLessThan(33);
  await page.getByRole('button', { name: 'Fit View' }).click();
  await expect(all).toHaveCount(33);
});

for (const colorScheme of ['light', 'dark'] as const) {
  test.describe(`in ${colorScheme}`, () => {
    test.use({ colorScheme });
    test('axe finds nothing on the map', async ({ canvas, page }) => {
      const { lead, one, two } = await family(canvas);
      await two.beat(WEDGE);
      await delegate(canvas, lead, one);
      await openMap(page, canvas.url);
      await page.getByText('The map as a list').click();
      expect(await findings(page)).toEqual([]);
    });
  });
}

test.describe('on a phone', () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
  test('it fits, and what can be pressed is 44 px high', async ({ canvas, page }) => {
    await family(canvas);
    await openMap(page, canvas.url);
    await page.getByText('The map as a list').click();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
    expect((await smallTargets(page)).filter((one) => !one.includes('data-map-node'))).toEqual([]);
  });
});
