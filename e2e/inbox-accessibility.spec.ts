import type { Page } from '@playwright/test';
import { findings } from './axe-findings.ts';
import { expect, live, type TestCanvas, test, WEDGE } from './canvas-test.ts';
import { notify } from './notify.ts';
import { smallTargets } from './small-targets.ts';

/** Seven pages and dialogs, each looked at by axe. */
test.setTimeout(180_000);

/** What needs somebody, what agents say, a mute, channels, quiet hours. */
async function busy(canvas: TestCanvas): Promise<string> {
  const stuck = await canvas.agent('Release Manager');
  const chatty = await canvas.agent('Docs Writer');
  const attachments = [{ name: 'changelog.md', url: 'https://example.com/changelog.md' }];
  const { incident_id } = await notify(canvas, chatty, `the changelog is written\n${'a long story '.repeat(80)}`, { attachments });
  await notify(canvas, chatty, 'a row names another source', { type: 'possible_injection' });
  await stuck.beat({ ...WEDGE, current_task: 'Cut release 2.14', active_tasks: 2 });
  await canvas.call('POST', '/mutes', { workspace_id: chatty.id, kind: 'degraded' });
  await canvas.call('POST', '/channels', { name: 'Ops', target: { kind: 'webhook', url: 'https://example.com/hook' } });
  await canvas.call('PATCH', '/preferences', {
    quiet_hours: { from: '22:00', to: '07:00', zone: 'Europe/Berlin', let_critical_through: true },
  });
  return incident_id;
}

async function eachView(page: Page, canvas: TestCanvas, look: (what: string) => Promise<void>): Promise<void> {
  const open = async (path: string, what: string) => {
    await page.goto(canvas.url + path);
    await live(page);
    await look(what);
  };
  await open('/inbox', 'an empty inbox');
  const incident = await busy(canvas);
  await open('/inbox', 'a busy inbox');
  await open(`/inbox/${incident}`, 'an incident');
  await page.getByRole('button', { name: 'Mute…' }).click();
  await expect(page.getByRole('dialog', { name: 'Mute' })).toBeVisible();
  await look('a mute');
  await open('/settings', 'the settings');
  await page.getByRole('button', { name: 'Add a channel' }).click();
  await page.getByRole('dialog').getByLabel('E-mail', { exact: true }).check();
  await page.getByText('Of every kind').click();
  await look('a new channel');
}

for (const colorScheme of ['light', 'dark'] as const) {
  test.describe(`in ${colorScheme}`, () => {
    test.use({ colorScheme });

    test('axe finds nothing in the inbox, the settings and their dialogs', async ({ canvas, page }) => {
      await eachView(page, canvas, async (what) => expect.soft(await findings(page), what).toEqual([]));
    });
  });
}

test.describe('on a phone', () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });

  test('nothing is wider than the screen, what can be pressed is 44 px large, and the way back is there', async ({ canvas, page }) => {
    await eachView(page, canvas, async (what) => {
      expect.soft(await page.evaluate(() => document.documentElement.scrollWidth), what).toBeLessThanOrEqual(390);
      if ((await page.getByRole('dialog').count()) === 0) expect.soft(await smallTargets(page), what).toEqual([]);
    });
    await page.goto(`${canvas.url}/inbox?view=all`);
    await live(page);
    await page.getByRole('link', { name: /the changelog is written/ }).tap();
    await expect(page.getByRole('article')).toBeVisible();
    await expect(page.getByRole('heading', { name: 'Inbox' })).toBeHidden();
    await page.getByRole('button', { name: 'Inbox' }).tap();
    await expect(page).toHaveURL(`${canvas.url}/inbox?view=all`);
    await expect(page.getByRole('heading', { name: 'Inbox' })).toBeVisible();
  });
});
