import { card, expect, live, test } from './canvas-test.ts';

test('connects an agent: a name, a command with a code, green at the first beat', async ({ canvas, page, faults }) => {
  await page.goto(canvas.url);
  await expect(page.getByRole('heading', { name: 'Nothing is connected yet' })).toBeVisible();
  await page.getByRole('main').getByRole('button', { name: 'Connect an agent' }).click();
  const dialog = page.getByRole('dialog', { name: 'Connect an agent' });
  await dialog.getByLabel('What is it called?').fill('My first agent');
  await dialog.getByRole('button', { name: 'Create and get a code' }).click();
  const command = (await dialog.locator('pre').textContent()) ?? '';
  expect(command).toContain(`--platform ${canvas.url}`);
  const id = /--id (\S+)/.exec(command)?.[1] ?? '';
  const code = /--join (\S+)/.exec(command)?.[1] ?? '';
  await expect(dialog.getByRole('status')).toContainText('Waiting for the first beat');

  const joined = await fetch(`${canvas.url}/registry/register`, {
    method: 'POST',
    headers: { authorization: `Bearer ${code}`, 'content-type': 'application/json' },
    body: JSON.stringify({ id, delivery_mode: 'poll' }),
  });
  const { auth_token } = (await joined.json()) as { auth_token: string };
  await fetch(`${canvas.url}/registry/heartbeat`, {
    method: 'POST',
    headers: { authorization: `Bearer ${auth_token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ workspace_id: id, uptime_seconds: 3, runtime_metadata: {}, current_task: 'Saying hello' }),
  });
  await expect(dialog.getByRole('status')).toContainText('My first agent is connected');
  await expect(dialog.getByRole('status')).toHaveAttribute('data-tone', 'ok');
  await page.keyboard.press('Escape');
  await expect(card(page, { id })).toContainText('Saying hello');
  expect(faults).toEqual([]);
});

test('offers the Python runtime a token in a file', async ({ canvas, page }) => {
  await page.goto(canvas.url);
  await page.getByRole('main').getByRole('button', { name: 'Connect an agent' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('What is it called?').fill('Snake');
  await dialog.getByRole('button', { name: 'Create and get a code' }).click();
  await dialog.getByRole('button', { name: 'Python runtime' }).click();
  await dialog.getByRole('button', { name: 'Make a token' }).click();
  await expect(dialog.locator('pre')).toContainText('/configs/.auth_token');
  await expect(dialog.locator('pre')).toContainText(`PLATFORM_URL=${canvas.url}`);
});

test('starts the sample team at one press, and removes it at another', async ({ canvas, page }) => {
  await page.goto(canvas.url);
  await page.getByRole('button', { name: 'Start the sample team' }).click();
  await live(page);
  await expect(page.locator('[data-card]')).toHaveCount(6);
  await expect(page.locator('[data-card][data-state="online"]')).toHaveCount(6, { timeout: 30_000 });
  await page.getByRole('button', { name: 'Remove the sample team' }).click();
  await expect(page.getByRole('heading', { name: 'Nothing is connected yet' })).toBeVisible({ timeout: 30_000 });
});
