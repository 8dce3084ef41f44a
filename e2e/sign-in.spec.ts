import { findings } from './axe-findings.ts';
import { expect, hydrated, live, test } from './canvas-test.ts';
import { type RunningPlatform, startPlatform } from './running-platform.ts';

const ACCOUNT = { name: 'Ada', email: 'ada@example.org', password: 'a long enough pass phrase' };

/** Bound to every address: people must sign in. */
async function startForPeople(dataDir: string): Promise<RunningPlatform> {
  return startPlatform({ dataDir, settings: { HOST: '0.0.0.0' } });
}

async function setUpLink(platform: RunningPlatform): Promise<string> {
  await expect.poll(() => platform.printed()).toContain('/setup?token=');
  return /http\S+\/setup\?token=\S+/.exec(platform.printed())?.[0] ?? '';
}

test('the printed link makes the first account; then a person signs in, comes back to the page asked for, and leaves', async ({
  dataDir,
  page,
  faults,
}) => {
  const platform = await startForPeople(dataDir);
  const { url } = platform;
  const link = await setUpLink(platform);

  await page.goto(`${url}/w/none?tab=log`);
  await expect(page).toHaveURL(`${url}/sign-in?next=%2Fw%2Fnone%3Ftab%3Dlog`);
  await expect(page.getByRole('heading', { name: 'Nobody has an account yet' })).toBeVisible();

  await page.goto(link);
  await expect(page).toHaveURL(`${url}/setup`);
  await hydrated(page.getByRole('button', { name: 'Make the account' }));
  await page.getByLabel('Name').fill(ACCOUNT.name);
  await page.getByLabel('E-mail').fill(ACCOUNT.email);
  await page.getByLabel('Password').fill(ACCOUNT.password);
  await page.getByRole('button', { name: 'Make the account' }).click();
  await expect(page).toHaveURL(`${url}/`);
  await live(page);
  expect(await page.evaluate(() => document.cookie)).not.toContain('session');

  await page.getByRole('button', { name: 'Signed in as Ada' }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await expect(page).toHaveURL(`${url}/sign-in`);

  await page.goto(`${url}/?state=wedged`);
  await hydrated(page.getByRole('button', { name: 'Sign in' }));
  await page.getByLabel('E-mail').fill(ACCOUNT.email);
  await page.getByLabel('Password').fill('wrong');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByRole('alert').filter({ hasText: 'is wrong' })).toBeVisible();
  expect(faults).toEqual([expect.stringContaining('401')]);
  await page.getByLabel('Password').fill(ACCOUNT.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page).toHaveURL(`${url}/?state=wedged`);

  await page.goto(`${url}/sign-in?next=//evil.example`);
  await expect(page).toHaveURL(`${url}/`);
  await page.goto(link);
  await expect(page).toHaveURL(`${url}/`);
  expect(platform.log()).not.toContain(ACCOUNT.password);
  expect(await platform.stop()).toBe(0);
});

for (const colorScheme of ['light', 'dark'] as const) {
  test.describe(`in ${colorScheme}`, () => {
    test.use({ colorScheme });
    test('axe finds nothing where people sign in', async ({ dataDir, page }) => {
      const platform = await startForPeople(dataDir);
      await page.goto(await setUpLink(platform));
      await expect(page.getByLabel('Password')).toBeVisible();
      expect(await findings(page)).toEqual([]);
      await page.goto(`${platform.url}/sign-in`);
      expect(await findings(page)).toEqual([]);
      await platform.stop();
    });
  });
}
