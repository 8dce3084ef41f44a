import { expect, live, test } from './canvas-test.ts';
import { warn } from './notify.ts';

test('a page that was open during an upgrade stays, and says what to do about what it cannot fetch any more', async ({ canvas, page }) => {
  const agent = await canvas.agent('Release Manager');
  await page.goto(`${canvas.url}/restarts`);
  await live(page);
  const refused = page.waitForEvent('requestfailed', (request) => request.url().includes('/_next/'));
  await page.route(/\/_next\/.*\.js/, (route) => route.abort());
  await warn(canvas, agent, 'release is cut');
  await refused;
  await expect(page.getByRole('link', { name: 'Inbox 1 unread' })).toBeVisible();
  await page.keyboard.press('?');
  const keys = page.getByRole('dialog', { name: 'Keyboard' });
  await expect(keys.getByRole('alert')).toContainText('Canvas was upgraded while the page was open');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Restarts');
  await page.unrouteAll();
  await Promise.all([page.waitForEvent('load'), keys.getByRole('button', { name: 'Reload the page' }).click()]);
  await live(page);
  await page.keyboard.press('?');
  await expect(keys).toContainText('Search the fleet');
});
