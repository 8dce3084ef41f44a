import type { DelegationDetail, DelegationPage } from '#lib/contract/delegations.ts';
import { expect, live, pressUnlessDone, type TestAgent, type TestCanvas, test, WEDGE } from './canvas-test.ts';

const HOSTILE = '<img src=/stolen onerror="alert(1)"> [x](javascript:alert(1)) \u202Etxt.exe <script>alert(1)</script>';

/** A delegation that its source accounts for by itself: the test says how it goes. */
async function recorded(canvas: TestCanvas, from: TestAgent, to: TestAgent, task: string, over: object = {}): Promise<string> {
  const body = { target_id: to.id, task, status: 'in_progress', ...over };
  return (await canvas.call<{ delegation_id: string }>('POST', `/workspaces/${from.id}/delegations/record`, body)).delegation_id;
}

const update = (canvas: TestCanvas, from: TestAgent, did: string, body: object) =>
  canvas.call('POST', `/workspaces/${from.id}/delegations/${did}/update`, body);

/** One that the platform hands over; its target has no address, so that it waits. */
async function waiting(canvas: TestCanvas, from: TestAgent, to: TestAgent, task: string): Promise<string> {
  const { delegation_id: did } = await canvas.call<{ delegation_id: string }>('POST', `/workspaces/${from.id}/delegate`, {
    target_id: to.id,
    task,
  });
  await expect.poll(async () => (await canvas.call<DelegationDetail>('GET', `/delegations/${did}`)).status).toBe('queued');
  return did;
}

test('says so while nobody asked anybody, and is a page for a browser alone', async ({ canvas, page, request, faults }) => {
  await canvas.agent('Atlas');
  await page.goto(canvas.url);
  await live(page);
  await page.keyboard.press('g');
  await page.keyboard.press('d');
  await expect(page).toHaveURL(`${canvas.url}/delegations`);
  await expect(page.getByRole('link', { name: 'Delegations', exact: true })).toHaveAttribute('aria-current', 'page');
  await expect(page.getByText('No agent asked another one for anything yet')).toBeVisible();
  await page.getByRole('link', { name: 'Stuck 0' }).click();
  await expect(page.getByText('Nothing is stuck')).toBeVisible();
  await page.reload();
  await expect(page.getByRole('link', { name: 'Stuck 0' })).toHaveAttribute('aria-current', 'page');
  const data = await request.get(`${canvas.url}/delegations`, { headers: { accept: 'application/json' } });
  expect(await data.json()).toMatchObject({ items: [], next: null });
  const never = await page.goto(`${canvas.url}/delegations/never-was`);
  expect(never?.status()).toBe(404);
  await expect(page.getByRole('heading', { name: 'There is no delegation with this id' })).toBeVisible();
  expect(faults.filter((fault) => !fault.includes('404'))).toEqual([]);
});

test('shows each live, from whom to whom and what came of it', async ({ canvas, page, context, faults }) => {
  const [lead, writer] = [await canvas.agent('Lead'), await canvas.agent('Writer')];
  await page.goto(`${canvas.url}/delegations`);
  await live(page);
  const did = await recorded(canvas, lead, writer, 'Write the changelog\nof 2.14');
  const row = page.locator(`[data-row="${did}"]`);
  await expect(row).toContainText('At work');
  await expect(row.getByRole('link')).toHaveText(/Lead.*asked.*Writer/);
  await expect(row).toContainText('Write the changelog of 2.14');
  await expect(page.getByRole('link', { name: 'Open 1' })).toBeVisible();
  const other = await context.newPage();
  await other.goto(`${canvas.url}/delegations/${did}`);
  await expect(other).toHaveTitle('Lead → Writer · Canvas');
  await expect(other.getByRole('region', { name: 'What came back' })).toContainText('Nothing yet.');
  await update(canvas, lead, did, { status: 'completed', response_preview: 'Here it is:\nall of it' });
  await expect(row).toContainText('Completed');
  await expect(row).toContainText('answered Here it is: all of it');
  await expect(other.getByRole('main').getByRole('status').first()).toHaveText('Completed');
  await expect(other.getByRole('region', { name: 'What came back' }).getByRole('blockquote')).toHaveText('Here it is:\nall of it');
  await page.keyboard.press('j');
  await expect(row.getByRole('link')).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(`${canvas.url}/delegations/${did}`);
  await page.getByRole('link', { name: 'the whole request, as a time line' }).click();
  await expect(page).toHaveURL(/\/traces\/[0-9a-f]{32}\?span=/);
  await expect(page.getByRole('treeitem', { name: 'Lead asked Writer (completed' })).toHaveAttribute('aria-selected', 'true');
  expect(faults).toEqual([]);
});

test('is filtered by what the address says', async ({ canvas, page }) => {
  const [lead, writer, reader] = [await canvas.agent('Lead'), await canvas.agent('Writer'), await canvas.agent('Reader')];
  const open = await recorded(canvas, lead, writer, 'Write the changelog');
  const done = await recorded(canvas, lead, reader, 'Read the mail', { status: 'completed' });
  const failed = await recorded(canvas, writer, reader, 'Read the changelog', { status: 'failed', error: 'No such file' });
  const shown = () => page.locator('[data-row]').evaluateAll((rows) => rows.map((row) => (row as HTMLElement).dataset['row']));
  await page.goto(`${canvas.url}/delegations?workspace=${writer.id}&q=changelog`);
  await live(page);
  expect(await shown()).toEqual([failed, open]);
  await expect(page.getByRole('searchbox', { name: 'Search the tasks' })).toHaveValue('changelog');
  await page.getByRole('button', { name: 'Of any workspace' }).click();
  await page.getByRole('searchbox', { name: 'Search the tasks' }).fill('read');
  await expect.poll(shown).toEqual([failed, done]);
  await expect(page).toHaveURL(`${canvas.url}/delegations?q=read`);
  await page.getByRole('link', { name: 'Failed 1' }).click();
  await expect(page).toHaveURL(`${canvas.url}/delegations?show=failed&q=read`);
  await expect.poll(shown).toEqual([failed]);
  await expect(page.locator(`[data-row="${failed}"]`)).toContainText('No such file');
  await page.getByRole('searchbox', { name: 'Search the tasks' }).fill('nothing like it');
  await expect(page.getByText('No delegation is like that')).toBeVisible();
  await page.getByRole('button', { name: 'Show all delegations' }).click();
  await expect.poll(shown).toHaveLength(3);
  const which = page.getByRole('combobox', { name: 'Of which workspace' });
  await which.fill('Lead');
  await expect(page.locator('datalist option[value="Lead"]')).toBeAttached();
  await which.press('Enter');
  await expect(page).toHaveURL(`${canvas.url}/delegations?workspace=${lead.id}`);
  await expect.poll(shown).toEqual([done, open]);
});

test('Enter takes the nearest workspace of what is written, not of what was written before', async ({ canvas, page }) => {
  const [lead] = [await canvas.agent('Lead'), await canvas.agent('Writer')];
  let release: () => void = () => {};
  const released = new Promise<void>((resolve) => (release = resolve));
  await page.route(
    (url) => url.searchParams.get('q') === 'Lead',
    async (route) => {
      await released;
      await route.continue();
    },
  );
  await page.goto(`${canvas.url}/delegations`);
  await live(page);
  const which = page.getByRole('combobox', { name: 'Of which workspace' });
  await which.fill('Writer');
  await expect(page.locator('datalist option[value="Writer"]')).toBeAttached();
  const asked = page.waitForRequest((request) => new URL(request.url()).searchParams.get('q') === 'Lead');
  await which.fill('Lead');
  await asked;
  await which.press('Enter');
  await expect(page).toHaveURL(`${canvas.url}/delegations`);
  release();
  await expect(page).toHaveURL(`${canvas.url}/delegations?workspace=${lead.id}`);
});

test('a filter needs no network: the address changes, the list stays, and another try fetches it', async ({ canvas, page, context }) => {
  const [lead, writer] = [await canvas.agent('Lead'), await canvas.agent('Writer')];
  const done = await recorded(canvas, lead, writer, 'Read the mail', { status: 'completed' });
  const failed = await recorded(canvas, lead, writer, 'Write it', { status: 'failed', error: 'No such file' });
  await page.goto(`${canvas.url}/delegations`);
  await live(page);
  await context.setOffline(true);
  await page.getByRole('link', { name: 'Failed 1' }).click();
  await expect(page).toHaveURL(`${canvas.url}/delegations?show=failed`);
  await expect(page.getByRole('link', { name: 'Failed 1' })).toHaveAttribute('aria-current', 'page');
  await expect(page.getByRole('main').getByRole('alert')).toContainText('The list of delegations could not be brought up to date.');
  await expect(page.locator(`[data-row="${done}"]`)).toBeVisible();
  await context.setOffline(false);
  await pressUnlessDone(page.getByRole('button', { name: 'Try again' }));
  await expect(page.locator(`[data-row="${done}"]`)).toHaveCount(0);
  await expect(page.locator(`[data-row="${failed}"]`)).toBeVisible();
  await page.reload();
  await expect(page.locator('[data-row]')).toHaveCount(1);
});

test('a cancelled one is shown so at once, and goes back when that is refused', async ({ canvas, page }) => {
  const [lead, writer] = [await canvas.agent('Lead'), await canvas.agent('Writer')];
  const did = await waiting(canvas, lead, writer, 'Write it');
  await page.goto(`${canvas.url}/delegations/${did}`);
  await live(page);
  const mark = page.getByRole('main').getByRole('status').first();
  const cancel = async (reason: string) => {
    await page.getByRole('button', { name: 'Cancel…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Cancel this delegation?' });
    await dialog.getByRole('textbox').fill(reason);
    await dialog.getByRole('button', { name: 'Cancel it' }).click();
  };
  let refuse: () => void = () => {};
  const asked = new Promise<void>((resolve) => {
    void page.route('**/cancel', async (route) => {
      await new Promise<void>((go) => {
        refuse = go;
        resolve();
      });
      await route.fulfill({ status: 503, json: { error: 'The store does not answer. Try again in a moment.', code: 'unavailable' } });
    });
  });
  await cancel('not needed');
  await asked;
  await expect(mark).toHaveText('Cancelled');
  refuse();
  await expect(page.getByRole('alert').filter({ hasText: 'The store does not answer.' })).toBeVisible();
  await expect(mark).toContainText('Waits');
  await page.unrouteAll();
  await cancel('not needed');
  await expect(mark).toHaveText('Cancelled');
  await expect.poll(async () => (await canvas.call<DelegationDetail>('GET', `/delegations/${did}`)).status).toBe('failed');
  await expect(page.getByRole('main')).toContainText('not needed');
  await page.getByRole('button', { name: 'Ask again' }).click();
  await expect(page).not.toHaveURL(new RegExp(did));
  await expect(page.getByRole('region', { name: 'What was asked' })).toContainText('Write it');
});

test('one that waits says at once for what, and leads there', async ({ canvas, page }) => {
  const [lead, writer] = [await canvas.agent('Lead'), await canvas.agent('Writer')];
  await writer.beat(WEDGE);
  const did = await waiting(canvas, lead, writer, 'Write it');
  await page.goto(`${canvas.url}/delegations`);
  const row = page.locator(`[data-row="${did}"]`);
  await expect(row).toContainText('Writer says that it is stuck');
  await expect(row).not.toContainText('Stuck ·');
  await expect(page.getByRole('link', { name: 'Stuck 0' })).toBeVisible();
  await row.getByRole('link', { name: 'Open the target' }).click();
  await expect(page).toHaveURL(`${canvas.url}/w/${writer.id}`);
  await page.goto(`${canvas.url}/delegations/${did}`);
  await expect(page.getByRole('main')).toContainText('It waits: Writer says that it is stuck.');
  await expect(page.getByRole('main').getByRole('link', { name: 'Open the target' })).toHaveAttribute('href', `/w/${writer.id}`);
});

test('a stuck one stands out, says why, and offers what helps', async ({ canvas, page }) => {
  const [lead, writer] = [await canvas.agent('Lead'), await canvas.agent('Writer')];
  const did = await waiting(canvas, lead, writer, 'Write it');
  const answer = await canvas.call<DelegationPage>('GET', '/delegations');
  const why = { why: 'It has waited for 2 min: Writer is paused.', advice: ['open_target', 'cancel'] };
  let stuck: typeof why | null = why;
  const items = () => answer.items.map((item) => ({ ...item, stuck }));
  await page.route(
    (url) => url.pathname === '/delegations' && url.searchParams.has('limit'),
    (route) => route.fulfill({ json: { ...answer, items: items(), counts: { ...answer.counts, stuck: 1 } } }),
  );
  await page.goto(`${canvas.url}/delegations`);
  const row = page.locator(`[data-row="${did}"]`);
  await expect(row).toContainText('Stuck · waits');
  await expect(row).toContainText('Writer is paused.');
  await expect(row.getByRole('button', { name: 'Try now' })).toBeVisible();
  await expect(row.getByRole('button', { name: 'Cancel…' })).toBeVisible();
  await row.getByRole('button', { name: 'Cancel…' }).click();
  const reason = page.getByRole('dialog', { name: 'Cancel this delegation?' }).getByRole('textbox');
  await reason.fill('not needed');
  stuck = null;
  await expect(row).not.toContainText('Stuck · waits');
  await expect(reason).toHaveValue('not needed');
  await page.keyboard.press('Escape');
  stuck = why;
  await row.getByRole('button', { name: 'Try now' }).focus();
  await page.keyboard.press('Enter');
  stuck = null;
  await expect(row.getByRole('link').first()).toBeFocused();
  stuck = why;
  await row.getByRole('link', { name: 'Open the target' }).click();
  await expect(page).toHaveURL(`${canvas.url}/w/${writer.id}`);
});

test('keeps what it has when it cannot be brought up to date, and says so', async ({ canvas, page }) => {
  const [lead, writer] = [await canvas.agent('Lead'), await canvas.agent('Writer')];
  // Ended ones: the page asks again by itself for as long as one is open.
  await recorded(canvas, lead, writer, 'Write it', { status: 'completed' });
  await page.goto(`${canvas.url}/delegations`);
  await live(page);
  await page.route(
    (url) => url.pathname === '/delegations',
    (route) => route.fulfill({ status: 503, json: { error: 'The store does not answer. Try again in a moment.', code: 'unavailable' } }),
  );
  await recorded(canvas, lead, writer, 'Second', { status: 'completed' });
  await expect(page.getByRole('main').getByRole('alert')).toContainText('The store does not answer.');
  await expect(page.locator('[data-row]')).toHaveCount(1);
  await page.unrouteAll();
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(page.locator('[data-row]')).toHaveCount(2);
  await expect(page.getByRole('main').getByRole('alert')).toHaveCount(0);
});

test('whatever agents write runs nowhere and loads nothing', async ({ canvas, page, faults }) => {
  const [lead, writer] = [await canvas.agent(HOSTILE.slice(0, 60)), await canvas.agent('Writer')];
  const asked: string[] = [];
  page.on('request', (request) => asked.push(request.url()));
  const did = await recorded(canvas, lead, writer, HOSTILE, { status: 'failed', error: HOSTILE, response_preview: HOSTILE });
  const { trace_id } = await canvas.call<DelegationDetail>('GET', `/delegations/${did}`);
  for (const path of [
    '/delegations',
    `/delegations/${did}`,
    `/traces/${trace_id}`,
    `/traces/${trace_id}?view=list`,
    `/w/${lead.id}?show=delegations`,
  ]) {
    await page.goto(canvas.url + path);
    await live(page);
    await expect(page.getByRole('main')).toContainText('<img src=/stolen');
    expect(await page.getByRole('main').locator('script, img, a[href^="javascript"]').count()).toBe(0);
    expect(await page.evaluate(() => document.body.innerText.includes('\u202E'))).toBe(false);
  }
  expect(asked.filter((url) => url.includes('stolen'))).toEqual([]);
  expect(faults).toEqual([]);
});
