import { findings } from './axe-findings.ts';
import { card, expect, live, type TestCanvas, test, WEDGE } from './canvas-test.ts';
import { smallTargets } from './small-targets.ts';

/** One of each state that a test can bring about. */
async function busyFleet(canvas: TestCanvas): Promise<{ id: string }> {
  const stuck = await canvas.agent('Release Manager', { role: 'Cuts releases' });
  await stuck.beat({ ...WEDGE, current_task: 'Cut release 2.14', active_tasks: 2 });
  await (await canvas.agent('Invoice Reader')).beat({ error_rate: 0.7, requests: 30, sample_error: '429' });
  await canvas.agent('Newcomer', { silent: true });
  await (await canvas.agent('Child', { parent_id: stuck.id })).beat({ current_task: 'Read', active_tasks: 1 });
  return stuck;
}

for (const colorScheme of ['light', 'dark'] as const) {
  test.describe(`in ${colorScheme}`, () => {
    test.use({ colorScheme });

    test('axe finds nothing on the fleet, its menus and its dialogs', async ({ canvas, page }) => {
      const stuck = await busyFleet(canvas);
      await page.goto(canvas.url);
      await live(page);
      expect(await findings(page)).toEqual([]);
      await card(page, stuck).getByRole('button', { name: /Why/ }).click();
      await expect(page.getByRole('dialog')).toContainText('Last beat');
      expect(await findings(page)).toEqual([]);
      await page.keyboard.press('Escape');
      await card(page, stuck).getByRole('button', { name: /More/ }).click();
      expect(await findings(page)).toEqual([]);
      await page.getByRole('menuitem', { name: 'New token…' }).click();
      await expect(page.getByRole('dialog')).toBeVisible();
      expect(await findings(page)).toEqual([]);
      await page.keyboard.press('Escape');
      await page.getByRole('button', { name: 'Appearance and help' }).click();
      await page.getByRole('menuitemradio', { name: 'Compact' }).click();
      expect(await findings(page)).toEqual([]);
      await page.getByLabel('Search the fleet').fill('nothing like this');
      await expect(page.getByText('Nothing matches')).toBeVisible();
      expect(await findings(page)).toEqual([]);
    });

    test('axe finds nothing on a workspace, the first visit and what is not there', async ({ canvas, page }) => {
      await page.goto(canvas.url);
      await expect(page.getByRole('heading', { name: 'Nothing is connected yet' })).toBeVisible();
      expect(await findings(page)).toEqual([]);
      await page.getByRole('main').getByRole('button', { name: 'Connect an agent' }).click();
      await page.getByLabel('What is it called?').fill('New one');
      await page.getByRole('button', { name: 'Create and get a code' }).click();
      await expect(page.getByRole('dialog').locator('pre')).toBeVisible();
      expect(await findings(page)).toEqual([]);
      const stuck = await busyFleet(canvas);
      await page.goto(`${canvas.url}/w/${stuck.id}`);
      await live(page);
      expect(await findings(page)).toEqual([]);
      for (const path of ['/w/never-was', '/nowhere']) {
        await page.goto(canvas.url + path);
        await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
        expect(await findings(page)).toEqual([]);
      }
    });
  });
}

test.describe('on a phone', () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });

  test('nothing is wider than the screen, and what can be pressed is 44 px large', async ({ canvas, page }) => {
    const stuck = await busyFleet(canvas);
    for (const path of ['/', `/w/${stuck.id}`]) {
      await page.goto(canvas.url + path);
      await live(page);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
      expect(await smallTargets(page)).toEqual([]);
    }
  });
});

test('the theme is remembered and is there in the first byte', async ({ canvas, page, request }) => {
  await page.goto(canvas.url);
  await live(page);
  await page.getByRole('button', { name: 'Appearance and help' }).click();
  await page.getByRole('menuitemradio', { name: 'Dark' }).click();
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
  await page.reload();
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
  const html = await (await request.get(canvas.url, { headers: { cookie: 'canvas_theme=dark; canvas_density=compact' } })).text();
  expect(html).toMatch(/<html[^>]*data-theme="dark"[^>]*data-density="compact"/);
});
