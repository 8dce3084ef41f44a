import type { Page } from '@playwright/test';
import type { Trace, TraceSpan } from '#lib/contract/traces.ts';
import { expect, type TestCanvas, test } from './canvas-test.ts';

const T = Date.UTC(2026, 5, 15, 12);

function span(n: number, over: Partial<TraceSpan> = {}): TraceSpan {
  const from = T + n * 100;
  return {
    span_id: n.toString(16).padStart(16, '0'),
    parent_span_id: null,
    kind: 'message',
    source_id: 'w-0',
    source_name: 'Lead',
    target_id: `w-${n % 7}`,
    target_name: `Worker ${n % 7}`,
    summary: `piece ${n}`,
    state: 'answered',
    ok: true,
    error: '',
    response_preview: `done ${n}`,
    started_at: from,
    ended_at: from + 900,
    parts: [{ kind: 'working', from, to: from + 900, run_id: null }],
    attempts: 1,
    redelivered: false,
    delegation_id: null,
    queue_id: null,
    ...over,
  };
}

/** A trace page whose first data comes from a real one, and then are these: larger ones than a test can make by asking. */
async function traceOf(canvas: TestCanvas, page: Page, spans: TraceSpan[], now = T + 200_000): Promise<void> {
  const [lead, worker] = [await canvas.agent('Lead'), await canvas.agent('Worker')];
  const { trace_id } = await canvas.call<{ trace_id: string }>('POST', `/workspaces/${lead.id}/delegate`, {
    target_id: worker.id,
    task: 'Begin',
  });
  const answer: Trace = { trace_id, spans, left_out: 0, now };
  await page.route(
    (url) => url.pathname === `/traces/${trace_id}` && !url.searchParams.has('_rsc'),
    (route) => (route.request().resourceType() === 'fetch' ? route.fulfill({ json: answer }) : route.continue()),
  );
  await page.goto(`${canvas.url}/traces/${trace_id}`);
  await expect(page.getByText(`${new Intl.NumberFormat('en').format(spans.length)} requests`)).toBeVisible();
}

const rows = (page: Page) => page.getByRole('treeitem');
const selected = (page: Page) => page.locator('[role="treeitem"][aria-selected="true"]');
const main = (page: Page) => page.getByRole('main');

test('is walked, folded and zoomed by keys', async ({ canvas, page, faults }) => {
  const child = { parent_span_id: span(0).span_id };
  const held = {
    ...child,
    started_at: T + 200,
    ended_at: T + 60_000,
    parts: [
      { kind: 'waiting' as const, from: T + 200, to: T + 1_200, run_id: null },
      { kind: 'held' as const, from: T + 1_200, to: T + 41_200, run_id: 'run-7' },
      { kind: 'working' as const, from: T + 41_200, to: T + 60_000, run_id: null },
    ],
  };
  await traceOf(canvas, page, [
    span(0, { ended_at: T + 61_000, summary: 'The whole report' }),
    span(1, { ...child, state: 'failed', ok: false, error: 'The disk is full' }),
    span(2, held),
    span(3, { parent_span_id: span(2).span_id }),
  ]);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('The whole report');
  await expect(rows(page)).toHaveCount(4);
  await expect(main(page)).toContainText('1 failed');
  await page.getByRole('tree').focus();
  await page.keyboard.press('ArrowDown');
  await expect(selected(page)).toHaveAccessibleName(/^Lead asked Worker 0 \(answered, 1 min/);
  await page.keyboard.press('j');
  await expect(page.getByRole('region', { name: 'Lead asked Worker 1' })).toContainText('The disk is full');
  await page.keyboard.press('ArrowDown');
  const detail = page.getByRole('region', { name: 'Lead asked Worker 2' });
  await expect(detail).toContainText('Waited1 s for its turn');
  await expect(detail.getByRole('link', { name: 'a restart' })).toHaveAttribute('href', '/restarts/run-7');
  await expect(page).toHaveURL(/span=0{15}2/);
  await page.keyboard.press('ArrowLeft');
  await expect(rows(page)).toHaveCount(3);
  await expect(selected(page)).toHaveAttribute('aria-expanded', 'false');
  await page.keyboard.press('ArrowRight');
  await expect(rows(page)).toHaveCount(4);
  await page.keyboard.press('ArrowRight');
  await expect(selected(page)).toHaveAttribute('aria-level', '3');
  await page.keyboard.press('Home');
  await page.keyboard.press('ArrowLeft');
  await expect(rows(page)).toHaveCount(1);
  await page.getByRole('button', { name: 'Unfold all' }).click();
  await expect(rows(page)).toHaveCount(4);
  const width = () =>
    page
      .locator('[role="treeitem"] rect')
      .first()
      .evaluate((bar) => bar.getBoundingClientRect().width);
  const before = await width();
  await page.getByRole('tree').focus();
  for (let n = 0; n < 3; n++) await page.keyboard.press('+');
  await expect(page.getByRole('button', { name: 'Fit' })).toBeEnabled();
  await expect.poll(async () => (await page.locator('[aria-hidden] >> text=/^(30|40|50) s$/').count()) < 3).toBe(true);
  await page.keyboard.press('0');
  await expect(page.getByRole('button', { name: 'Fit' })).toBeDisabled();
  expect(Math.abs((await width()) - before)).toBeLessThan(2);
  await page.getByRole('button', { name: 'As a list' }).click();
  await expect(page.getByRole('list', { name: 'The request as a list' }).getByRole('listitem')).toHaveCount(4);
  await expect(page.getByRole('list', { name: 'The request as a list' })).toContainText(
    'waited for its turn 1 s, held back 40 s, with the agent 18 s',
  );
  expect(faults).toEqual([]);
});

test('a thousand requests need no more elements than a screen has room for', async ({ canvas, page, faults }) => {
  const spans = Array.from({ length: 1_000 }, (_, n) =>
    span(n, n === 0 ? { ended_at: T + 101_000 } : { parent_span_id: span(Math.floor((n - 1) / 4)).span_id }),
  );
  await traceOf(canvas, page, spans);
  expect(await rows(page).count()).toBeLessThan(60);
  await page.getByRole('tree').focus();
  await page.keyboard.press('End');
  await expect(selected(page)).toBeVisible();
  expect(await rows(page).count()).toBeLessThan(60);
  await page.keyboard.press('Home');
  await expect(selected(page)).toHaveAttribute('aria-level', '1');
  await page.keyboard.press('ArrowLeft');
  await expect(rows(page)).toHaveCount(1);
  await expect(rows(page)).toContainText('+999');
  await page.keyboard.press('ArrowRight');
  const box = page.getByRole('tree');
  // Every frame of a scroll over all of it is drawn with the rows that belong there.
  for (let at = 0; at <= 10; at++) {
    await box.evaluate((element, share) => element.scrollTo(0, (element.scrollHeight - element.clientHeight) * share), at / 10);
    await expect
      .poll(() =>
        box.evaluate((element) => {
          const edge = element.getBoundingClientRect();
          return [0.1, 0.5, 0.9].every((share) =>
            document.elementFromPoint(edge.left + 200, edge.top + edge.height * share)?.closest('[role="treeitem"]'),
          );
        }),
      )
      .toBe(true);
  }
  expect(faults).toEqual([]);
});

test('goes on while it is open, with a line for now', async ({ canvas, page }) => {
  const now = Date.now();
  const open = {
    state: 'delivering' as const,
    ok: null,
    ended_at: null,
    started_at: now - 5_000,
    parts: [{ kind: 'working' as const, from: now - 5_000, to: null, run_id: null }],
  };
  await traceOf(canvas, page, [span(0, open), span(1, { ...open, parent_span_id: span(0).span_id })], now);
  await expect(main(page)).toContainText('2 open');
  await expect(page.locator('line[data-now]')).toBeAttached();
  await expect(rows(page).first()).toHaveAccessibleName(/^Lead asked Worker 0 \(at work, \d+ s\)/);
});

test('nothing of a request that is not kept', async ({ canvas, page }) => {
  await canvas.agent('Atlas');
  for (const id of ['a'.repeat(32), 'no-trace']) {
    const never = await page.goto(`${canvas.url}/traces/${id}`);
    expect(never?.status()).toBe(404);
    await expect(page.getByRole('heading', { name: 'Nothing is kept of this request' })).toBeVisible();
  }
});

test.describe('on a phone', () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });

  test('it is a list, and one of it opens from below', async ({ canvas, page }) => {
    await traceOf(canvas, page, [span(0), span(1, { parent_span_id: span(0).span_id })]);
    await page.getByRole('listitem').getByRole('button').nth(1).click();
    await expect(page.getByRole('dialog')).toContainText('done 1');
    await page.keyboard.press('Escape');
    await expect(page.getByRole('dialog')).toHaveCount(0);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
  });
});
