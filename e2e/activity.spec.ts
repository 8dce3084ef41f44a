import type { Page } from '@playwright/test';
import { expect, live, send, type TestAgent, type TestCanvas, test } from './canvas-test.ts';

const note = (canvas: TestCanvas, agent: TestAgent, row: object) =>
  send(canvas.url, 'POST', `/workspaces/${agent.id}/activity`, row, agent.token);
const rows = (page: Page) => page.getByRole('list', { name: 'Activity, newest first' }).getByRole('listitem');

test('shows what happens as it happens, and all that is kept of it', async ({ canvas, page, faults }) => {
  const agent = await canvas.agent('Atlas');
  await page.goto(`${canvas.url}/w/${agent.id}?show=activity`);
  await live(page);
  await expect(page.getByText('Nothing yet.')).toBeVisible();
  await note(canvas, agent, { activity_type: 'agent_log', summary: 'Read 3 files', duration_ms: 1_500 });
  await expect(rows(page)).toContainText(['Read 3 files']);
  await expect(rows(page).first()).toContainText('Log · ok · 1 s');
  const message = { kind: 'message', role: 'user', parts: [{ kind: 'text', text: 'Dig\nhere' }] };
  await note(canvas, agent, {
    activity_type: 'a2a_send',
    summary: 'Asked somebody',
    request_body: { method: 'message/send', params: { message } },
    response_body: { result: { kind: 'message', parts: [{ kind: 'text', text: 'Dug' }] } },
    status: 'error',
    error_detail: 'It took too long',
  });
  await expect(rows(page).first()).toContainText('It took too long');
  await rows(page).first().getByRole('button').click();
  await expect(rows(page).first()).toContainText('Dig\nhere');
  await expect(rows(page).first()).toContainText('Dug');
  await rows(page).first().getByRole('button', { name: 'Raw JSON' }).click();
  await expect(rows(page).first().locator('pre')).toContainText('"method": "message/send"');
  // What comes later moves down what is open, and closes nothing.
  await note(canvas, agent, { activity_type: 'task_update', summary: 'Third' });
  await expect(rows(page).first()).toContainText('Third');
  await expect(rows(page).nth(1).locator('pre')).toContainText('"method": "message/send"');
  expect(faults).toEqual([]);
});

test('is filtered by what the address says', async ({ canvas, page }) => {
  const agent = await canvas.agent('Atlas');
  await note(canvas, agent, { activity_type: 'agent_log', summary: 'Read the mail' });
  await note(canvas, agent, { activity_type: 'error', summary: 'Read nothing', error_detail: 'No disk' });
  await note(canvas, agent, { activity_type: 'agent_log', summary: 'Wrote a file' });
  await page.goto(`${canvas.url}/w/${agent.id}?show=activity&type=agent_log`);
  await live(page);
  await expect(rows(page)).toHaveCount(2);
  await page.getByRole('searchbox', { name: 'Search the texts' }).fill('mail');
  await expect(rows(page)).toHaveCount(1);
  await expect(page).toHaveURL(`${canvas.url}/w/${agent.id}?show=activity&type=agent_log&q=mail`);
  await page.reload();
  await live(page);
  await expect(rows(page)).toContainText(['Read the mail']);
  await page.getByRole('combobox', { name: 'Which kind' }).selectOption('Error');
  await expect(page.getByText('Nothing is like that.')).toBeVisible();
  await page.getByRole('button', { name: 'Show everything' }).click();
  await expect(rows(page)).toHaveCount(3);
  await expect(page).toHaveURL(`${canvas.url}/w/${agent.id}?show=activity`);
});

test('older rows come when it is scrolled, each once', async ({ canvas, page }) => {
  const agent = await canvas.agent('Atlas');
  for (let n = 1; n <= 120; n++) await note(canvas, agent, { activity_type: 'agent_log', summary: `Line ${n}` });
  await page.goto(`${canvas.url}/w/${agent.id}?show=activity`);
  await live(page);
  await expect(rows(page).first()).toContainText('Line 120');
  await expect(async () => {
    await rows(page).last().scrollIntoViewIfNeeded();
    await expect(rows(page)).toHaveCount(120, { timeout: 500 });
  }).toPass();
  const texts = await rows(page).evaluateAll((items) => items.map((item) => /Line \d+/.exec(item.textContent ?? '')?.[0]));
  expect(texts).toEqual(Array.from({ length: 120 }, (_, n) => `Line ${120 - n}`));
  await expect(page.getByRole('button', { name: 'Show older ones' })).toHaveCount(0);
});

test('whatever a runtime notes runs nowhere and loads nothing', async ({ canvas, page, faults }) => {
  const agent = await canvas.agent('Atlas');
  const hostile = '<img src=/stolen onerror="alert(1)"><script>alert(1)</script> \u202Etxt.exe';
  const asked: string[] = [];
  page.on('request', (request) => asked.push(request.url()));
  await note(canvas, agent, {
    activity_type: 'error',
    summary: hostile,
    method: hostile,
    status: hostile.slice(0, 90),
    error_detail: hostile,
    request_body: { params: { message: { parts: [{ text: hostile }] } } },
    response_body: { error: { message: hostile } },
  });
  await page.goto(`${canvas.url}/w/${agent.id}?show=activity`);
  await live(page);
  await rows(page).first().getByRole('button').click();
  await expect(rows(page).first()).toContainText('<img src=/stolen');
  await rows(page).first().getByRole('button', { name: 'Raw JSON' }).click();
  await expect(rows(page).first().locator('pre')).toContainText('<script>');
  expect(await rows(page).locator('img, script').count()).toBe(0);
  expect(await page.evaluate(() => document.body.innerText.includes('\u202E'))).toBe(false);
  expect(asked.filter((url) => url.includes('stolen'))).toEqual([]);
  expect(faults).toEqual([]);
});
