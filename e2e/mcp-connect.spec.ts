import { resolve } from 'node:path';
import { card, expect, live, test } from './canvas-test.ts';
import { sitDown } from './mcp-desk.ts';

test('a desktop agent joins with what the page prints, and the page turns green', async ({ canvas, page, dataDir, faults }) => {
  await page.goto(canvas.url);
  await live(page);
  await page.getByRole('main').getByRole('button', { name: 'Connect an agent' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('What is it called?').fill('My desk');
  await dialog.getByRole('button', { name: 'Create and get a code' }).click();
  await dialog.getByRole('button', { name: 'Desktop agent (MCP)' }).click();
  const shown = dialog.locator('pre');
  for (const [client, text] of [
    ['Codex', 'codex mcp add canvas --'],
    ['Cursor', '"mcpServers"'],
    ['VS Code', 'code --add-mcp'],
    ['Claude Code', 'claude mcp add --scope user canvas --'],
  ] as const) {
    await dialog.getByRole('button', { name: client }).click();
    await expect(shown).toContainText(text);
  }
  const printed = (await shown.textContent()) ?? '';
  const id = /--id (\S+)/.exec(printed)?.[1] ?? '';
  const args = printed
    .replace(/^.*workspace\.js" /s, '')
    .replaceAll('\\\n', ' ')
    .split(/\s+/);
  const desk = await sitDown(resolve(import.meta.dirname, '..', 'dist', 'workspace.js'), args, dataDir);
  await expect(dialog.getByRole('status')).toContainText('My desk is connected');
  await desk.use('set_current_task', { task: 'Sitting down' });
  await page.keyboard.press('Escape');
  await expect(card(page, { id })).toContainText('Sitting down');
  await desk.leave();
  expect(faults).toEqual([]);
});
