import type { Page } from '@playwright/test';
import type { DelegationDetail } from '#lib/contract/delegations.ts';
import { findings } from './axe-findings.ts';
import { expect, live, type TestCanvas, test } from './canvas-test.ts';
import { smallTargets } from './small-targets.ts';

const LONG = 'a task of many words '.repeat(12) + 'x'.repeat(400);

/** One that goes on, one that failed, one that waits with the platform; each page that shows them. */
async function paths(canvas: TestCanvas): Promise<string[]> {
  const [lead, writer] = [await canvas.agent('Lead'), await canvas.agent('Writer')];
  const record = (body: object) =>
    canvas.call<{ delegation_id: string }>('POST', `/workspaces/${lead.id}/delegations/record`, {
      target_id: writer.id,
      task: LONG,
      ...body,
    });
  await record({ status: 'in_progress' });
  const { delegation_id: failed } = await record({ status: 'failed', error: `No file ${'y'.repeat(300)}`, response_preview: LONG });
  const { delegation_id: waits } = await canvas.call<{ delegation_id: string }>('POST', `/workspaces/${lead.id}/delegate`, {
    target_id: writer.id,
    task: LONG,
  });
  const { trace_id, span_id } = await canvas.call<DelegationDetail>('GET', `/delegations/${waits}`);
  await canvas.call('POST', `/workspaces/${writer.id}/a2a`, {
    jsonrpc: '2.0',
    id: 1,
    method: 'message/send',
    params: { message: { messageId: 'm-1', role: 'user', parts: [{ kind: 'text', text: LONG }] } },
  });
  return [
    '/delegations',
    '/delegations?show=stuck',
    `/delegations/${failed}`,
    `/delegations/${waits}`,
    `/traces/${trace_id}`,
    `/traces/${trace_id}?view=list`,
    `/traces/${trace_id}?span=${span_id}`,
    `/w/${lead.id}?show=delegations`,
    `/w/${writer.id}?show=activity`,
    `/w/${writer.id}?show=messages`,
  ];
}

async function each(page: Page, canvas: TestCanvas, look: (path: string) => Promise<void>): Promise<void> {
  for (const path of await paths(canvas)) {
    await page.goto(canvas.url + path);
    await live(page);
    await look(path);
  }
}

for (const colorScheme of ['light', 'dark'] as const) {
  test.describe(`in ${colorScheme}`, () => {
    test.use({ colorScheme });

    test('axe finds nothing on what is about delegations and messages', async ({ canvas, page }) => {
      test.setTimeout(180_000);
      const found: string[] = [];
      await each(page, canvas, async (path) => void found.push(...(await findings(page)).map((finding) => `${path}: ${finding}`)));
      expect(found).toEqual([]);
    });
  });
}

test.describe('on a phone', () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });

  test('nothing is wider than the screen, and what can be pressed is 44 px large', async ({ canvas, page }) => {
    test.setTimeout(180_000);
    await each(page, canvas, async (path) => {
      expect([path, await page.evaluate(() => document.documentElement.scrollWidth)]).toEqual([path, 390]);
      if (!path.includes('?span=')) expect([path, ...(await smallTargets(page))]).toEqual([path]);
    });
    await page.goto(canvas.url);
    await live(page);
    await page.getByRole('button', { name: 'Appearance and help' }).click();
    await page.getByRole('menuitem', { name: 'Delegations' }).click();
    await expect(page).toHaveURL(`${canvas.url}/delegations`);
  });
});
