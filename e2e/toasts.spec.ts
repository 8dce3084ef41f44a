import { card, expect, live, test } from './canvas-test.ts';
import { notify, warn } from './notify.ts';

test('news come up as toasts on other pages: three at most, never what is muted, and not when they are off', async ({ canvas, page }) => {
  test.setTimeout(120_000);
  const names = ['One', 'Two', 'Three', 'Four', 'Five'];
  const agents = [];
  for (const name of names) agents.push(await canvas.agent(name));
  const muted = await canvas.agent('Muted one');
  await canvas.call('POST', '/mutes', { workspace_id: muted.id });
  // What comes before the stream is open is counted, but is no news any more.
  await page.goto(`${canvas.url}/restarts`);
  await live(page);
  await notify(canvas, await canvas.agent('Done one'), 'Delegation completed: all of it', { type: 'delegation_result' });
  await Promise.all([muted, ...agents].map((agent) => warn(canvas, agent, `news of ${agent.name}`)));
  const toasts = page.locator('[data-toast]');
  // Under the pointer they stay for as long as this takes.
  await toasts.first().hover();
  await expect(page.getByRole('link', { name: '2 more in the inbox' })).toBeVisible();
  await expect(toasts).toHaveCount(3);
  await expect(page.getByText('Muted one')).toHaveCount(0);
  await toasts
    .first()
    .getByRole('button', { name: /Dismiss/ })
    .click();
  await expect(toasts).toHaveCount(2);
  await toasts.first().getByRole('link').click();
  await expect(page).toHaveURL(/\/inbox\/[\w-]+$/);
  await expect(page.getByRole('article')).toBeVisible();
  await expect(toasts).toHaveCount(0);
  await warn(canvas, await canvas.agent('While here'), 'news while here');
  await expect(page).toHaveTitle('(5) Inbox · Canvas');
  await expect(toasts).toHaveCount(0);

  await page.goto(`${canvas.url}/settings`);
  await live(page);
  await page.getByRole('switch', { name: /Toasts/ }).click();
  await expect.poll(async () => (await canvas.call<{ toasts: boolean }>('GET', '/preferences')).toasts).toBe(false);
  const asked = page.waitForResponse((response) => response.url().includes('/inbox?limit=1'));
  await warn(canvas, await canvas.agent('Off'), 'news that are off');
  await asked;
  await expect(page).toHaveTitle('(6) Settings · Canvas');
  await expect(toasts).toHaveCount(0);
});

test('they lie above what can be done with those that are selected', async ({ canvas, page }) => {
  const agent = await canvas.agent('Release Manager');
  await page.goto(canvas.url);
  await live(page);
  await card(page, agent).locator('h3 a').focus();
  await page.keyboard.press('x');
  const bar = page.getByRole('region', { name: 'Selection' });
  await expect(bar).toContainText('1 selected');
  await warn(canvas, agent, 'release is cut');
  const [toast, below] = [await page.locator('[data-toast]').boundingBox(), await bar.boundingBox()];
  expect((toast?.y ?? Number.NaN) + (toast?.height ?? 0)).toBeLessThanOrEqual(below?.y ?? 0);
  await bar.getByRole('button', { name: 'Done' }).click();
  await expect(bar).toHaveCount(0);
});

test('switched off in one tab they are off in the others', async ({ canvas, page, context }) => {
  const agent = await canvas.agent('Release Manager');
  await page.goto(`${canvas.url}/restarts`);
  await live(page);
  await warn(canvas, agent, 'release is cut');
  // Under the pointer it stays for as long as this takes.
  await page.locator('[data-toast]').hover();
  const settings = await context.newPage();
  await settings.goto(`${canvas.url}/settings`);
  await live(settings);
  // What the first tab does when it is told that something is different.
  const told = page.waitForResponse((response) => response.url().endsWith('/inbox?limit=1'));
  await settings.getByRole('switch', { name: /Toasts/ }).click();
  await told;
  expect((await canvas.call<{ toasts: boolean }>('GET', '/preferences')).toasts).toBe(false);
  await page
    .locator('[data-toast]')
    .getByRole('button', { name: /Dismiss/ })
    .click();
  const asked = page.waitForResponse((response) => response.url().endsWith('/preferences'));
  await warn(canvas, await canvas.agent('Docs Writer'), 'changelog is written');
  await asked;
  await expect(page).toHaveTitle('(2) Restarts · Canvas');
  await expect(page.locator('[data-toast]')).toHaveCount(0);
});
