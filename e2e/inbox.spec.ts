import type { Locator, Page } from '@playwright/test';
import type { InboxPage } from '#lib/contract/inbox.ts';
import { expect, live, pressUnlessDone, type TestCanvas, test, WEDGE } from './canvas-test.ts';
import { notify, warn } from './notify.ts';

const MARKUP = '<img src="/never.png" onerror="document.title=1"><script>document.title=2</script>';
const UNAVAILABLE = { status: 503, json: { error: 'The store does not answer. Try again in a moment.', code: 'unavailable' } };

const row = (page: Page, text: string): Locator => page.locator('[data-incident]').filter({ hasText: text });
const link = (page: Page, text: string): Locator => row(page, text).getByRole('link');
const undoBar = (page: Page): Locator => page.locator('#notice-slot').getByRole('status');

/** Opens the inbox and waits until only the stream can tell it of something new. */
async function openInbox(canvas: TestCanvas, page: Page, path = '/inbox'): Promise<void> {
  await page.goto(canvas.url + path);
  await live(page);
}

test('an empty inbox says that quiet is good, and is a page for a browser alone', async ({ canvas, page, request, faults }) => {
  await canvas.agent('Atlas');
  await page.goto(canvas.url);
  await live(page);
  await page.keyboard.press('g');
  await page.keyboard.press('i');
  await expect(page).toHaveURL(`${canvas.url}/inbox`);
  await expect(page).toHaveTitle('Inbox · Canvas');
  await expect(page.getByText('Nothing needs you')).toBeVisible();
  await page.getByRole('link', { name: 'Mine 0' }).click();
  await expect(page).toHaveURL(`${canvas.url}/inbox?view=mine`);
  await expect(page.getByText('You have taken nothing on')).toBeVisible();
  await page.reload();
  await expect(page.getByRole('link', { name: 'Mine 0' })).toHaveAttribute('aria-current', 'page');
  await page.getByRole('link', { name: 'All', exact: true }).click();
  await page.getByRole('link', { name: 'set up a channel' }).click();
  await expect(page.getByRole('region', { name: 'Channels' })).toContainText('None yet');
  const data = await request.get(`${canvas.url}/inbox`, { headers: { accept: 'application/json' } });
  expect(await data.json()).toMatchObject({ items: [], next: null, counts: { unread: 0 } });
  const missing = await page.goto(`${canvas.url}/inbox/never-was`);
  expect(missing?.status()).toBe(404);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('There is no incident with this id');
  expect(faults.filter((fault) => !fault.includes('404'))).toEqual([]);
});

test('what an agent says comes live, as plain text, and opening it reads it', async ({ canvas, page, context, faults }) => {
  const foreign: string[] = [];
  page.on('request', (asked) => {
    if (!asked.url().startsWith(canvas.url) || asked.url().includes('never.png')) foreign.push(asked.url());
  });
  const agent = await canvas.agent(`Release ${MARKUP}`);
  await openInbox(canvas, page);
  const fleet = await context.newPage();
  await fleet.goto(canvas.url);
  await live(fleet);
  const attachments = [{ name: `${MARKUP}.pdf`, url: `${canvas.url}/never.png` }];
  await notify(canvas, agent, `first\n[press](javascript:alert(1)) ${MARKUP} turned \u202Egpj`, { attachments });
  await expect(row(page, 'first')).toBeVisible();
  await expect(page.getByRole('link', { name: 'Unread 1' })).toBeVisible();
  // What an agent tells is unread, but calls nobody: only the wedged one counts outside of the list.
  await (await canvas.agent('Zeppelin')).beat(WEDGE);
  await expect(page.getByRole('link', { name: 'Unread 2' })).toBeVisible();
  await expect(page.getByRole('region', { name: 'Said by agents' }).locator('[data-incident]')).toHaveCount(1);
  await expect(page).toHaveTitle('(1) Inbox · Canvas');
  await expect(fleet).toHaveTitle('(1) Canvas');
  await expect(fleet.getByRole('link', { name: 'Inbox 1 unread' })).toBeVisible();
  await link(page, 'first').click();
  await expect(page).toHaveURL(/\/inbox\/[\w-]+$/);
  const opened = page.getByRole('article');
  await expect(opened.getByRole('heading', { level: 2 }).first()).toBeFocused();
  await expect(opened).toContainText(`[press](javascript:alert(1)) ${MARKUP} turned gpj`);
  await expect(opened.getByRole('list', { name: 'Attachments' })).toContainText(`${canvas.url}/never.png`);
  await expect(opened.getByRole('region', { name: 'How it is now' })).toContainText('Online');
  await expect(row(page, 'first')).toHaveAttribute('data-unread', 'false');
  await expect(page).toHaveTitle('(1) Inbox · Canvas');
  await row(page, 'Zeppelin').getByRole('button', { name: 'Mark as read' }).click();
  await expect(page).toHaveTitle('Inbox · Canvas');
  await expect(fleet).toHaveTitle('Canvas');
  await page.reload();
  await expect(page.getByRole('article')).toContainText('turned gpj');
  expect(await page.evaluate(() => document.body.innerText.includes('\u202E'))).toBe(false);
  expect(foreign).toEqual([]);
  expect(faults).toEqual([]);
});

test('reading, assigning and muting show at once and are taken back', async ({ canvas, page, faults }) => {
  const agent = await canvas.agent('Release Manager');
  const other = await canvas.agent('Docs Writer');
  await warn(canvas, agent, 'release is cut');
  await warn(canvas, other, 'changelog is written');
  await openInbox(canvas, page);
  await page.keyboard.press('j');
  await expect(link(page, 'changelog')).toBeFocused();
  await page.keyboard.press('e');
  await expect(row(page, 'changelog')).toHaveAttribute('data-unread', 'false');
  await expect(undoBar(page)).toContainText('Marked as read.');
  await page.keyboard.press('u');
  await expect(row(page, 'changelog')).toHaveAttribute('data-unread', 'true');
  await page.keyboard.press('a');
  await expect(row(page, 'changelog')).toContainText('→ you');
  await expect.poll(async () => (await canvas.call<InboxPage>('GET', '/inbox?view=mine')).items.length).toBe(1);
  await page.keyboard.press('ControlOrMeta+z');
  await expect(row(page, 'changelog')).not.toContainText('→ you');
  await expect.poll(async () => (await canvas.call<InboxPage>('GET', '/inbox?view=mine')).items.length).toBe(0);

  await page.keyboard.press('j');
  await page.keyboard.press('m');
  const asking = page.getByRole('dialog', { name: 'Mute' });
  await asking.getByText('Everything of Release Manager').click();
  await asking.getByLabel('Until tomorrow').check();
  await asking.getByRole('button', { name: 'Mute' }).click();
  await expect(undoBar(page)).toContainText('Release Manager, all of it: muted until tomorrow.');
  await expect(page.getByRole('link', { name: 'Unread 1' })).toBeVisible();
  await warn(canvas, agent, 'and again');
  await page.goto(`${canvas.url}/settings`);
  await live(page);
  const mutes = page.getByRole('region', { name: 'Muted' });
  await mutes.getByRole('button', { name: 'Unmute Release Manager, all of it' }).click();
  await expect(mutes).toContainText('Nothing.');
  await expect(page).toHaveTitle('(2) Settings · Canvas');
  await undoBar(page).getByRole('button', { name: 'Undo' }).click();
  await expect(mutes).toContainText('Release Manager, all of it');
  await expect(page).toHaveTitle('(1) Settings · Canvas');

  await openInbox(canvas, page);
  await page.getByRole('combobox', { name: 'Of which workspace' }).fill('Docs');
  await page.getByRole('combobox', { name: 'Of which workspace' }).press('Enter');
  await expect(page).toHaveURL(`${canvas.url}/inbox?workspace=${other.id}`);
  await expect(page.getByRole('button', { name: 'Mark the whole inbox as read' })).toBeVisible();
  await page.getByRole('button', { name: 'Of any workspace' }).click();
  await page.getByRole('button', { name: 'Mark all as read' }).click();
  await expect(page).toHaveTitle('Inbox · Canvas');
  await undoBar(page).getByRole('button', { name: 'Undo' }).click();
  await expect(page).toHaveTitle('(1) Inbox · Canvas');
  expect(faults).toEqual([]);
});

test('a list that was left long ago is asked for again', async ({ canvas, page }) => {
  await notify(canvas, await canvas.agent('Release Manager'), 'release is cut');
  await page.clock.install();
  await openInbox(canvas, page);
  await expect(row(page, 'release is cut')).toBeVisible();
  await page.getByRole('link', { name: 'All', exact: true }).click();
  await row(page, 'release is cut').getByRole('button', { name: 'Mark as read' }).click();
  await expect(page.getByRole('link', { name: 'Unread 0' })).toBeVisible();
  // A stream that began anew would have everything fetched.
  await page.route('**/events', (route) => route.abort());
  await page.clock.fastForward(90_000);
  await page.getByRole('link', { name: 'Unread 0' }).click();
  await expect(page.getByText('Nothing needs you')).toBeVisible();
  await expect(row(page, 'release is cut')).toHaveCount(0);
});

test('what happens before the list has come to life is in it all the same', async ({ canvas, page, faults }) => {
  const agent = await canvas.agent('Release Manager');
  await warn(canvas, agent, 'release is cut');
  const isScript = (url: URL) => url.pathname.startsWith('/_next/') && url.pathname.endsWith('.js');
  const shared = new Set<string>();
  page.on('response', (response) => isScript(new URL(response.url())) && shared.add(response.url()));
  await page.goto(`${canvas.url}/restarts`);
  await live(page);
  const known = new Set(shared);
  let release: () => void = () => {};
  const released = new Promise<void>((resolve) => (release = resolve));
  await page.route(isScript, async (route) => {
    if (!known.has(route.request().url())) await released;
    await route.continue();
  });
  const counted = page.waitForResponse((response) => response.url().endsWith('/inbox?limit=1'));
  await page.goto(`${canvas.url}/inbox`, { waitUntil: 'commit' });
  await counted;
  await warn(canvas, await canvas.agent('Docs Writer'), 'changelog is written');
  await expect(page.getByRole('link', { name: 'Inbox 2 unread' })).toBeVisible();
  await expect(row(page, 'release is cut')).toBeVisible();
  release();
  await expect(row(page, 'changelog')).toBeVisible();
  expect(faults).toEqual([]);
});

test('Escape gives the keyboard back to the row, and Back after it leaves the inbox', async ({ canvas, page }) => {
  await notify(canvas, await canvas.agent('Release Manager'), 'release is cut');
  await notify(canvas, await canvas.agent('Docs Writer'), 'changelog is written');
  await page.goto(`${canvas.url}/restarts`);
  await openInbox(canvas, page);
  await link(page, 'release is cut').press('Enter');
  await expect(page.getByRole('article').getByRole('heading', { level: 2 }).first()).toBeFocused();
  await link(page, 'changelog').click();
  await expect(page.getByRole('article')).toContainText('changelog is written');
  await expect(row(page, 'changelog')).toHaveAttribute('data-unread', 'false');
  await expect(page.getByRole('article').getByRole('heading', { level: 2 }).first()).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(page).toHaveURL(`${canvas.url}/inbox`);
  await expect(page.getByRole('article')).toHaveCount(0);
  await expect(link(page, 'changelog')).toBeFocused();
  await page.goBack();
  await expect(page).toHaveURL(`${canvas.url}/restarts`);
});

test('a view needs no network: the list stays, and another try fetches it', async ({ canvas, page, context }) => {
  await notify(canvas, await canvas.agent('Release Manager'), 'release is cut');
  await openInbox(canvas, page);
  await context.setOffline(true);
  await page.getByRole('link', { name: 'Mine 0' }).click();
  await expect(page).toHaveURL(`${canvas.url}/inbox?view=mine`);
  await expect(page.getByRole('main').getByRole('alert')).toContainText('The inbox could not be brought up to date.');
  await expect(row(page, 'release is cut')).toBeVisible();
  await context.setOffline(false);
  await pressUnlessDone(page.getByRole('main').getByRole('button', { name: 'Try again' }));
  await expect(page.getByText('You have taken nothing on')).toBeVisible();
  await expect(row(page, 'release is cut')).toHaveCount(0);
});

test('what is refused goes back and says why; what cannot be fetched leaves what is there', async ({ canvas, page }) => {
  const agent = await canvas.agent('Release Manager');
  await warn(canvas, agent, 'release is cut');
  await openInbox(canvas, page);
  await page.route('**/inbox/read', (route) => route.fulfill(UNAVAILABLE));
  await row(page, 'release is cut').getByRole('button', { name: 'Mark as read' }).click();
  await expect(page.getByRole('alert').filter({ hasText: 'The store does not answer.' })).toBeVisible();
  await expect(row(page, 'release is cut')).toHaveAttribute('data-unread', 'true');
  await expect(page).toHaveTitle('(1) Inbox · Canvas');
  await expect(undoBar(page)).toBeEmpty();
  await page.route(/\/inbox\?/, (route) => (route.request().headers()['rsc'] ? route.continue() : route.fulfill(UNAVAILABLE)));
  await warn(canvas, await canvas.agent('Docs Writer'), 'changelog is written');
  const failure = page.getByRole('main').getByRole('alert');
  await expect(failure).toContainText('The inbox could not be brought up to date.');
  await expect(row(page, 'release is cut')).toBeVisible();
  await page.unroute(/\/inbox\?/);
  await failure.getByRole('button', { name: 'Try again' }).click();
  await expect(row(page, 'changelog')).toBeVisible();
  await expect(failure).toHaveCount(0);
});

test('nothing moves under the pointer: what is new waits, and says how many it is', async ({ canvas, page }) => {
  await notify(canvas, await canvas.agent('First'), 'first');
  await openInbox(canvas, page);
  await row(page, 'first').hover();
  const at = await row(page, 'first').boundingBox();
  await notify(canvas, await canvas.agent('Second'), 'second');
  await expect(page.getByText('1 new, shown when you leave the list')).toBeVisible();
  expect(await row(page, 'first').boundingBox()).toEqual(at);
  await expect(row(page, 'second')).toHaveCount(0);
  await page.getByRole('heading', { name: 'Inbox', exact: true }).hover();
  await expect(page.locator('[data-incident]').first()).toContainText('second');
});

test('a flood from one agent is one row that counts, and the page stays usable', async ({ canvas, page }) => {
  test.setTimeout(120_000);
  const agent = await canvas.agent('Chatterbox');
  await notify(canvas, await canvas.agent('Quiet one'), 'one word');
  await openInbox(canvas, page);
  const FLOOD = 600;
  let sent = 0;
  const sender = async () => {
    while (sent < FLOOD) {
      sent += 1;
      await notify(canvas, agent, `message ${sent}`);
    }
  };
  const flood = Promise.all(Array.from({ length: 8 }, sender));
  await link(page, 'one word').click();
  await expect(page.getByRole('article')).toContainText('one word');
  await flood;
  const counted = async () =>
    (await canvas.call<InboxPage>('GET', '/inbox?view=all')).items.map(({ count }) => count).sort((a, b) => b - a);
  await expect.poll(counted, { timeout: 20_000 }).toEqual([FLOOD, 1]);
  await page.getByRole('heading', { name: 'Inbox', exact: true }).hover();
  await page.getByRole('heading', { name: 'Inbox', exact: true }).click();
  await expect(row(page, 'Chatterbox')).toContainText('600', { timeout: 20_000 });
  await expect(page.locator('[data-incident]')).toHaveCount(2);
});
