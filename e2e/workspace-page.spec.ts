import { expect, live, test, WEDGE } from './canvas-test.ts';

test('shows how it is and why, what happened, and goes on live', async ({ canvas, page, faults }) => {
  const lead = await canvas.agent('Lead');
  const agent = await canvas.agent('Release Manager', { parent_id: lead.id });
  await agent.beat({ current_task: 'Cut release 2.14', active_tasks: 2 });
  await page.goto(`${canvas.url}/w/${agent.id}`);
  const main = page.getByRole('main');
  await expect(page).toHaveTitle('Release Manager · Canvas');
  await expect(main.getByRole('heading', { level: 1 })).toHaveText('Release Manager');
  await expect(main.getByRole('link', { name: 'Lead' })).toHaveAttribute('href', `/w/${lead.id}`);
  await expect(main).toContainText('Cut release 2.14');
  await expect(main.getByRole('region', { name: 'Last 24 hours' })).toContainText('requests');
  await live(page);
  await agent.beat(WEDGE);
  await expect(main.locator('[data-banner="wedged"]')).toContainText(WEDGE.sample_error);
  await expect(main.getByRole('region', { name: 'Why wedged' })).toContainText('yes, since');
  const happened = main.getByRole('region', { name: 'What happened' });
  await expect(happened.getByRole('listitem').first()).toContainText('Wedged');
  await expect(happened.getByRole('listitem').first()).toContainText(WEDGE.sample_error);
  await expect(happened.getByRole('listitem').last()).toContainText('Created');
  expect(faults).toEqual([]);
});

test('makes a token that is shown once, and revokes one', async ({ canvas, page }) => {
  const agent = await canvas.agent('Holder');
  await page.goto(`${canvas.url}/w/${agent.id}`);
  const access = page.getByRole('region', { name: 'Access' });
  await expect(access.getByRole('row')).toHaveCount(2);
  await access.getByRole('button', { name: 'New token' }).click();
  const dialog = page.getByRole('dialog', { name: 'New token for Holder' });
  await dialog.getByRole('button', { name: 'Make a token' }).click();
  const token = (await dialog.locator('pre').textContent()) ?? '';
  expect(token).toMatch(/^[\w-]{43}$/);
  await dialog.getByRole('button', { name: 'Done' }).click();
  await expect(access.getByRole('row')).toHaveCount(3);
  expect(await page.content()).not.toContain(token);
  await access.getByRole('button', { name: `Revoke ${agent.token.slice(0, 8)}` }).click();
  await expect(access.getByRole('row')).toHaveCount(2);
  await expect(agent.beat()).rejects.toThrow('401');
});

test('renames, everywhere at once', async ({ canvas, page, context }) => {
  const agent = await canvas.agent('Before');
  const other = await context.newPage();
  await other.goto(canvas.url);
  await page.goto(`${canvas.url}/w/${agent.id}`);
  await live(page);
  await page.getByRole('button', { name: 'Rename' }).click();
  await page.getByLabel('Name', { exact: true }).fill('After');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('After');
  await expect(other.locator('[data-card]')).toContainText('After');
});

test('asks twice before it removes others with it, and says so on open pages', async ({ canvas, page, context }) => {
  const lead = await canvas.agent('Lead');
  const child = await canvas.agent('Child', { parent_id: lead.id });
  const other = await context.newPage();
  await other.goto(`${canvas.url}/w/${child.id}`);
  await live(other);
  await page.goto(`${canvas.url}/w/${lead.id}`);
  await live(page);
  await page.getByRole('button', { name: 'More about Lead' }).click();
  await page.getByRole('menuitem', { name: 'Remove…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Remove Lead?' });
  await dialog.getByRole('button', { name: 'Remove', exact: true }).click();
  await expect(dialog.getByRole('alert')).toContainText('Child');
  await dialog.getByRole('button', { name: 'Remove all of them' }).click();
  await expect(page).toHaveURL(`${canvas.url}/`);
  await expect(page.getByRole('heading', { name: 'Nothing is connected yet' })).toBeVisible();
  await expect(other.getByRole('heading', { name: 'This workspace was removed' })).toBeVisible();
});

test('shows the output of what runs here, pauses and resumes it', async ({ canvas, page }) => {
  test.setTimeout(120_000);
  const { id } = await canvas.call<{ id: string }>('POST', '/workspaces', {
    name: 'Local',
    provisioner: 'process',
    config: { agent: { kind: 'sample', role: 'statistician' } },
  });
  await page.goto(`${canvas.url}/w/${id}`);
  const main = page.getByRole('main');
  await expect(main.getByRole('region', { name: 'Output of its process' }).locator('pre')).not.toContainText('written nothing', {
    timeout: 20_000,
  });
  const status = main.getByRole('heading', { level: 1 }).locator('xpath=following-sibling::p');
  await expect(status).toContainText('Online', { timeout: 30_000 });
  await main.getByRole('button', { name: 'More about Local' }).click();
  await page.getByRole('menuitem', { name: 'Pause…' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Pause', exact: true }).click();
  const sheet = page.getByRole('dialog');
  await sheet.getByRole('button', { name: /^Force now/ }).click();
  await expect(sheet.getByRole('heading', { level: 2 })).toHaveText('Local is paused', { timeout: 40_000 });
  await page.keyboard.press('Escape');
  await expect(status).toContainText('Paused');
  await main.getByRole('button', { name: 'Resume' }).click();
  await sheet.getByRole('button', { name: 'Resume it and all below it' }).click();
  await expect(sheet.getByRole('heading', { level: 2 })).toHaveText('Local is back', { timeout: 40_000 });
});

test('says what happened to what is not there', async ({ canvas, page }) => {
  const agent = await canvas.agent('Gone');
  await canvas.call('DELETE', `/workspaces/${agent.id}`);
  await page.goto(`${canvas.url}/w/${agent.id}`);
  await expect(page.getByRole('heading', { name: 'This workspace was removed' })).toBeVisible();
  const never = await page.goto(`${canvas.url}/w/never-was`);
  expect(never?.status()).toBe(404);
  await expect(page.getByRole('heading', { name: 'There is no workspace with this id' })).toBeVisible();
  const nowhere = await page.goto(`${canvas.url}/nowhere/at/all`);
  expect(nowhere?.status()).toBe(404);
  await expect(page.getByRole('heading', { name: 'There is nothing at this address' })).toBeVisible();
});
