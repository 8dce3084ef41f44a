import { findings } from './axe-findings.ts';
import { card, expect, live, test } from './canvas-test.ts';
import { gatedAgent } from './gated-agent.ts';

test.setTimeout(120_000);
const SLOW = { timeout: 40_000 };

test('the keyboard opens the sheet and gets its place back; going back closes it', async ({ canvas, page, faults }) => {
  const agent = await canvas.agent('Atlas');
  await canvas.agent('Bravo');
  await page.goto(canvas.url);
  await live(page);
  await page.keyboard.press('j');
  await page.keyboard.press('r');
  const sheet = page.getByRole('dialog', { name: 'Drain Atlas' });
  await expect(sheet).toBeVisible();
  await expect(page).toHaveURL(`${canvas.url}/?restart=${agent.id}`);
  await page.keyboard.press('Escape');
  await expect(sheet).toHaveCount(0);
  await expect(page).toHaveURL(`${canvas.url}/`);
  await expect(card(page, agent).getByRole('link')).toBeFocused();
  await card(page, agent).getByRole('button', { name: 'Drain and restart Atlas' }).click();
  await sheet.getByRole('button', { name: 'Cancel' }).click();
  await expect(card(page, agent).getByRole('button', { name: 'Drain and restart Atlas' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(sheet).toBeVisible();
  await page.goBack();
  await expect(sheet).toHaveCount(0);
  await page.goForward();
  await expect(sheet).toBeVisible();
  expect(faults).toEqual([]);
});

test('a press shows at once; when it is refused, everything is as before and says why', async ({ canvas, page }) => {
  const agent = await canvas.agent('Atlas');
  let refuse: () => void = () => undefined;
  const held = new Promise<void>((resolve) => {
    refuse = resolve;
  });
  await page.route(`**/workspaces/${agent.id}/restart`, async (route) => {
    await held;
    await route.abort();
  });
  await page.goto(`${canvas.url}/?restart=${agent.id}`);
  const sheet = page.getByRole('dialog');
  await sheet.getByText('60 min').click();
  await sheet.getByRole('textbox', { name: 'Reason' }).fill('a new prompt');
  await sheet.getByRole('button', { name: 'Drain only' }).click();
  await expect(sheet.getByRole('heading', { level: 2 })).toHaveText('Draining Atlas');
  refuse();
  await expect(sheet.getByRole('alert')).toContainText('Canvas did not answer');
  await expect(sheet.getByRole('heading', { level: 2 })).toHaveText('Drain Atlas');
  await expect(sheet.getByRole('textbox', { name: 'Reason' })).toHaveValue('a new prompt');
  await expect(sheet.getByRole('radio', { name: '60 min' })).toBeChecked();
});

test('a preview that fails stops nobody', async ({ canvas, page }) => {
  const agent = await canvas.agent('Atlas');
  await page.route(/restart-preview|snapshots\/live/, (route) => route.abort());
  await page.goto(`${canvas.url}/?restart=${agent.id}`);
  const sheet = page.getByRole('dialog');
  await expect(sheet.getByRole('region', { name: 'Running now' }).getByRole('alert')).toContainText('Canvas did not answer');
  await expect(sheet.getByRole('region', { name: 'What will be kept' }).getByRole('alert')).toContainText('Canvas did not answer');
  await sheet.getByRole('button', { name: 'Drain only' }).click();
  await expect(sheet.locator('[data-step="signalled"]')).toHaveAttribute('data-state', 'warned');
  await agent.beat();
  await expect(sheet.getByRole('list', { name: 'Steps' })).toContainText('Drained', SLOW);
});

test('a whole subtree is paused and resumed, and says how many that are', async ({ canvas, page, dataDir }) => {
  const lead = await gatedAgent(canvas, dataDir, 'Lead');
  const child = await gatedAgent(canvas, dataDir, 'Child', lead.id);
  await page.goto(canvas.url);
  await live(page);
  await card(page, lead).getByRole('button', { name: 'More about Lead' }).click();
  await page.getByRole('menuitem', { name: 'Pause…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Pause Lead?' });
  await expect(dialog).toContainText('the 1 workspace below it');
  await dialog.getByRole('button', { name: 'Pause all 2' }).click();
  const sheet = page.getByRole('dialog', { name: /Lead/ });
  await expect(sheet.getByRole('heading', { level: 2 })).toHaveText('Lead is paused', SLOW);
  await page.keyboard.press('Escape');
  for (const one of [lead, child]) await expect(card(page, one)).toContainText(/(Paused|Stopped) by this machine, since/);
  await lead.send('wake up later');
  await expect(card(page, lead)).toContainText('1 message waits');

  await card(page, lead).getByRole('button', { name: 'Resume Lead' }).click();
  await expect(sheet).toContainText('wake up later');
  await lead.letEnd('wake up later');
  await sheet.getByRole('button', { name: 'Resume it and all below it' }).click();
  await expect(sheet.getByRole('heading', { level: 2 })).toHaveText('Lead is back', SLOW);
  await page.keyboard.press('Escape');
  for (const one of [lead, child]) await expect(card(page, one)).toContainText('Online', SLOW);
});

for (const colorScheme of ['light', 'dark'] as const) {
  test.describe(`in ${colorScheme}`, () => {
    test.use({ colorScheme });

    test('axe finds nothing on the sheet: before, during and after', async ({ canvas, page }) => {
      const agent = await canvas.agent('Atlas');
      await agent.beat({ active_tasks: 1, current_task: 'Read' });
      await page.goto(`${canvas.url}/?restart=${agent.id}`);
      const sheet = page.getByRole('dialog');
      await expect(sheet.getByRole('region', { name: 'What will be kept' })).toContainText('None was saved');
      expect(await findings(page)).toEqual([]);
      // The scan may take longer than the shortest deadline.
      await sheet.getByText('no limit').click();
      await sheet.getByRole('button', { name: 'Drain only' }).click();
      await expect(sheet).toContainText('Draining: 1 task left');
      expect(await findings(page)).toEqual([]);
      await page.keyboard.press('Escape');
      await expect(card(page, agent)).toContainText('1 task left');
      expect(await findings(page)).toEqual([]);
      await card(page, agent).getByRole('button', { name: /Force/ }).click();
      await sheet.getByRole('button', { name: /^Take messages again/ }).click();
      await expect(sheet.getByRole('heading', { level: 2 })).toContainText('was cancelled');
      expect(await findings(page)).toEqual([]);
    });
  });
}

test.describe('on a phone', () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });

  test('the sheet comes from below, fits, and what can be pressed is 44 px high', async ({ canvas, page }) => {
    const agent = await canvas.agent('Release Manager with a rather long name that goes on and on');
    await agent.beat({ active_tasks: 1, current_task: 'Read' });
    await page.goto(`${canvas.url}/?restart=${agent.id}`);
    const sheet = page.getByRole('dialog');
    await expect(sheet.getByRole('region', { name: 'What will be kept' })).toContainText('None was saved');
    // It comes in from below: measured once it stands.
    await expect
      .poll(async () => {
        const box = await sheet.boundingBox();
        return [box?.x, box?.width, Math.round((box?.y ?? 0) + (box?.height ?? 0))];
      })
      .toEqual([0, 390, 844]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
    const low = () =>
      sheet.evaluate((dialog) =>
        [...dialog.querySelectorAll<HTMLElement>('button, label:has(input[type="radio"]), input:not([type="radio"])')]
          .filter((one) => one.offsetHeight < 44)
          .map((one) => one.outerHTML.slice(0, 90)),
      );
    expect(await low()).toEqual([]);
    await sheet.getByRole('button', { name: 'Drain only' }).click();
    await expect(sheet).toContainText('Draining: 1 task left');
    expect(await low()).toEqual([]);
  });
});
