import { expect, live, test } from './canvas-test.ts';

test('an API token is shown once, opens the API, and ends at once when it is revoked', async ({ canvas, page, faults }) => {
  await canvas.agent('Atlas');
  await page.goto(canvas.url);
  await live(page);
  await page.getByRole('button', { name: 'Appearance and help' }).click();
  await page.getByRole('menuitem', { name: 'API tokens…' }).click();
  const dialog = page.getByRole('dialog', { name: 'API tokens' });
  await expect(dialog).toContainText('None yet.');
  await dialog.getByLabel('What is it for?').fill('deploy script');
  await dialog.getByRole('button', { name: 'Make a token' }).click();
  const token = (await dialog.locator('pre').first().textContent()) ?? '';
  expect(token).toMatch(/^canvas_[\w-]{43}$/);
  const asked = () => fetch(`${canvas.url}/workspaces`, { headers: { authorization: `Bearer ${token}` } });
  expect((await asked()).status).toBe(200);
  await dialog.getByRole('button', { name: 'Done' }).click();
  await expect(dialog.getByRole('row')).toHaveCount(2);
  expect(await page.content()).not.toContain(token);
  await dialog.getByRole('button', { name: 'Revoke deploy script' }).click();
  await expect(dialog).toContainText('None yet.');
  expect((await asked()).status).toBe(401);
  expect(faults).toEqual([]);
});
