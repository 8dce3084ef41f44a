import type { Page } from '@playwright/test';
import type { BulkRestart } from '#lib/contract/bulk-restarts.ts';
import type { RestartRunDetail } from '#lib/contract/restarts.ts';
import { findings } from './axe-findings.ts';
import { expect, live, type TestCanvas, test } from './canvas-test.ts';
import { smallTargets } from './small-targets.ts';

/** A run that goes on, one that ended, a restart of many whose two are left out, a message that waits, two snapshots. */
async function restarts(canvas: TestCanvas): Promise<{ id: string; run: string; bulk: string; snapshot: string }> {
  const agent = await canvas.agent('Release Manager');
  const ask = async () => {
    await agent.beat({ active_tasks: 1, current_task: 'Cut release 2.14' });
    const body = { drain_only: true, deadline_seconds: 900, reason: 'stuck on the stream' };
    return (await canvas.call<RestartRunDetail>('POST', `/workspaces/${agent.id}/restart`, body)).id;
  };
  const cancelled = await ask();
  await canvas.call('POST', `/restarts/${cancelled}/cancel`, {});
  await expect.poll(async () => (await canvas.call<RestartRunDetail>('GET', `/restarts/${cancelled}`)).state).toBe('cancelled');
  const run = await ask();
  const message = { kind: 'message', messageId: 'm-1', role: 'user', parts: [{ kind: 'text', text: 'Nightly report' }] };
  await canvas.call('POST', `/workspaces/${agent.id}/a2a`, { jsonrpc: '2.0', id: 1, method: 'message/send', params: { message } });
  const other = await canvas.agent('Docs Writer');
  const { id: bulk } = await canvas.call<BulkRestart>('POST', '/bulk-restarts', { ids: [agent.id, other.id], reason: 'new prompt' });
  const keep = async (lines: string[]) => {
    const shape = { schema: 1, workspace_id: agent.id, timestamp: Date.now(), boot_id: 'b', current_task: 'Cut it', active_tasks: 1 };
    const rest = {
      uptime_seconds: 9,
      session_id: 's',
      transcript_lines: lines,
      completed_message_ids: [],
      adapter: {},
      dropped_sandbox: 2,
    };
    const answer = await fetch(`${canvas.url}/workspaces/${agent.id}/snapshots`, {
      method: 'POST',
      headers: { authorization: `Bearer ${agent.token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ ...shape, ...rest, redactions: { TOKEN: 1 } }),
    });
    return ((await answer.json()) as { id: string }).id;
  };
  await keep(['user: cut it', 'agent: no']);
  return { id: agent.id, run, bulk, snapshot: await keep(['user: cut it', 'agent: with [REDACTED:TOKEN]']) };
}

/** Every page and dialog about restarts, one after the other. */
async function eachView(page: Page, canvas: TestCanvas, look: (what: string) => Promise<void>): Promise<void> {
  const { id, run, bulk, snapshot } = await restarts(canvas);
  const open = async (path: string, what: string) => {
    await page.goto(canvas.url + path);
    await live(page);
    await look(what);
  };
  await open('/restarts', 'all restarts');
  await open('/restarts?show=bulk', 'restarts of many');
  await open(`/restarts/${run}`, 'a restart');
  await open(`/restarts/bulk/${bulk}`, 'a restart of many');
  await page.goto(`${canvas.url}/w/${id}?snapshot=${snapshot}`);
  await expect(page.getByRole('dialog').getByRole('list', { name: 'Transcript' })).toBeVisible();
  await look('a snapshot');
  await page.getByRole('button', { name: 'Compare' }).click();
  await expect(page.getByRole('list', { name: 'Transcript lines that differ' })).toBeVisible();
  await look('two snapshots compared');
  await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click();
  await expect(page.getByRole('region', { name: 'Messages to it' }).getByRole('listitem')).toBeVisible();
  await look('a workspace with a past');
  await page.getByRole('button', { name: 'Drop…' }).click();
  await look('dropping a message');
  await page.goto(canvas.url);
  await live(page);
  await page.getByRole('button', { name: 'Select', exact: true }).click();
  await page.getByRole('checkbox', { name: 'Select Docs Writer' }).check({ force: true });
  await look('selecting');
  await page.getByRole('button', { name: 'Restart 1…' }).click();
  await expect(page.getByRole('dialog').getByRole('list', { name: 'Left out' })).toBeVisible();
  await look('a restart of many, asked for');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Appearance and help' }).click();
  await page.getByRole('menuitem', { name: 'API tokens…' }).click();
  await expect(page.getByRole('dialog', { name: 'API tokens' })).toContainText('None yet');
  await look('API tokens');
}

for (const colorScheme of ['light', 'dark'] as const) {
  test.describe(`in ${colorScheme}`, () => {
    test.use({ colorScheme });

    test('axe finds nothing on what is about restarts', async ({ canvas, page }) => {
      test.setTimeout(120_000);
      await eachView(page, canvas, async (what) => expect([what, ...(await findings(page))]).toEqual([what]));
    });
  });
}

test.describe('on a phone', () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });

  test('nothing about restarts is wider than the screen', async ({ canvas, page }) => {
    test.setTimeout(120_000);
    await eachView(page, canvas, async (what) => {
      expect([what, await page.evaluate(() => document.documentElement.scrollWidth)]).toEqual([what, 390]);
    });
  });

  test('what can be pressed is 44 px large, and the pages are in reach', async ({ canvas, page }) => {
    const { run, bulk } = await restarts(canvas);
    for (const path of ['/restarts', `/restarts/${run}`, `/restarts/bulk/${bulk}`]) {
      await page.goto(canvas.url + path);
      await live(page);
      expect([path, ...(await smallTargets(page))]).toEqual([path]);
    }
    await page.goto(canvas.url);
    await live(page);
    await page.getByRole('button', { name: 'Appearance and help' }).click();
    await page.getByRole('menuitem', { name: 'Restarts' }).click();
    await expect(page).toHaveURL(`${canvas.url}/restarts`);
  });
});
