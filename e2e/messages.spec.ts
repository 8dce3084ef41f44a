import type { Page } from '@playwright/test';
import type { QueuePage } from '#lib/contract/messages.ts';
import { test as base, canvasAt, expect, hydrated, live } from './canvas-test.ts';
import { freePort, startPlatform } from './running-platform.ts';
import { StreamingAgent } from './streaming-agent.ts';

const test = base.extend<{ streaming: StreamingAgent }>({
  /** The agents are where they say, whatever the tests run in. */
  canvas: async ({ dataDir }, use) => {
    const platform = await startPlatform({ dataDir, settings: { CANVAS_IN_CONTAINER: '0' } });
    await use(canvasAt(platform));
    await platform.stop();
  },
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of the fixtures from it
  streaming: async ({}, use) => {
    const agent = new StreamingAgent();
    await use(agent);
    await agent.close();
  },
});

const isScript = (url: URL) => url.pathname.startsWith('/_next/') && url.pathname.endsWith('.js');

const HOSTILE = [
  '# Title <script>alert(1)</script>',
  '![x](/stolen.png) [click me](javascript:alert(1)) [safe](https://example.test/a)',
  '<img src=/stolen onerror=alert(1)> **bold** and `code`',
  '',
  '| a | b |',
  '|---|---|',
  '| 1 | \u202E2 |',
].join('\n');

const field = (page: Page) => page.getByRole('textbox', { name: /^Message to/ });
const turns = (page: Page) => page.locator('[data-turn]');
async function say(page: Page, text: string): Promise<void> {
  await hydrated(field(page));
  await field(page).fill(text);
  await field(page).press('Enter');
}

test('an answer is watched as it comes, belongs to one conversation, and is there after a reload', async ({
  canvas,
  page,
  streaming,
  faults,
}) => {
  const agent = await canvas.agent('Atlas');
  await streaming.serve(canvas, agent);
  await page.goto(`${canvas.url}/w/${agent.id}`);
  await page.getByRole('link', { name: 'Messages', exact: true }).click();
  await expect(page).toHaveURL(`${canvas.url}/w/${agent.id}?show=messages`);
  await expect(page.getByText('Nobody has said anything to it from here yet')).toBeVisible();
  await say(page, 'What is\nthe plan?');
  const first = await streaming.next();
  expect(first.text).toBe('What is\nthe plan?');
  await expect(field(page)).toHaveValue('');
  first.progress('Reading the plan');
  await expect(turns(page).getByRole('status')).toHaveText('Reading the plan');
  first.say('First ');
  await expect(turns(page)).toContainText('First');
  first.say('this, then that.');
  await expect(turns(page)).toContainText('First this, then that.');
  first.done();
  await expect(turns(page).getByRole('link', { name: 'what it caused' })).toBeVisible();
  await expect(turns(page)).toHaveCount(1);
  await say(page, 'And then?');
  const second = await streaming.next();
  expect(second.contextId).toBe(first.contextId);
  second.say('Nothing.');
  second.done();
  await page.reload();
  await expect(turns(page)).toHaveCount(2);
  await expect(turns(page).last()).toContainText('Nothing.');
  await expect(page.getByText('another conversation')).toHaveCount(0);
  await say(page, 'Still there?');
  const third = await streaming.next();
  expect(third.contextId).toBe(first.contextId);
  third.done();
  await page.getByRole('button', { name: 'New conversation' }).click();
  await say(page, 'Something else');
  const fourth = await streaming.next();
  expect(fourth.contextId).not.toBe(first.contextId);
  fourth.say('Yes.');
  fourth.done();
  await expect(page.getByText('another conversation')).toHaveCount(1);
  expect(faults).toEqual([]);
});

test('goes on while the person looks at something else, and stops when told to', async ({ canvas, page, streaming }) => {
  const agent = await canvas.agent('Atlas');
  await streaming.serve(canvas, agent);
  await page.goto(`${canvas.url}/w/${agent.id}?show=messages`);
  await say(page, 'Count');
  const asked = await streaming.next();
  asked.say('one');
  await expect(turns(page)).toContainText('one');
  await page.getByRole('link', { name: 'Activity', exact: true }).click();
  await expect(page.getByRole('heading', { name: 'Activity' })).toBeVisible();
  asked.say(', two');
  await page.getByRole('link', { name: 'Messages', exact: true }).click();
  await expect(turns(page)).toContainText('one, two');
  await page.getByRole('button', { name: 'Stop' }).click();
  await asked.left;
  await expect(page.getByRole('button', { name: 'Stop' })).toHaveCount(0);
  await expect(turns(page).getByRole('link', { name: 'what it caused' })).toBeVisible();
  await expect(turns(page)).toContainText('one, two');
  await expect(turns(page)).toContainText('You stopped it.');
  await page.reload();
  await expect(turns(page)).toContainText('It was stopped: the connection to the page that asked has ended.');
  await expect(turns(page).locator('[data-tone="bad"]')).toHaveCount(0);
});

test('nothing is lost when the platform ends: what is written, what is asked, what is kept', async ({ dataDir, page, streaming }) => {
  test.setTimeout(180_000);
  const settings = { CANVAS_IN_CONTAINER: '0' };
  const port = await freePort();
  let platform = await startPlatform({ dataDir, port, settings });
  try {
    const canvas = canvasAt(platform);
    const agent = await canvas.agent('Atlas');
    await streaming.serve(canvas, agent);
    await page.goto(`${canvas.url}/w/${agent.id}?show=messages`);
    await live(page);
    await say(page, 'Count');
    const asked = await streaming.next();
    asked.say('one');
    await expect(turns(page)).toContainText('one');
    await platform.kill9();
    await expect(turns(page).first()).toContainText('It is not known whether the agent goes on');
    await say(page, 'Written in the dark');
    await expect(turns(page).last().getByRole('alert')).toContainText('Canvas did not answer');
    await expect(field(page)).toHaveValue('Written in the dark');
    platform = await startPlatform({ dataDir, port, settings });
    await agent.beat();
    // Nobody follows it any more: it is delivered again without a stream, which this agent answers without a word.
    const kept = async () => (await canvas.call<QueuePage>('GET', `/workspaces/${agent.id}/a2a/queue?state=all`)).items[0]?.state;
    await expect.poll(kept, { timeout: 30_000 }).toBe('answered');
    await expect(turns(page).first()).toContainText('It answered without a text.', { timeout: 30_000 });
    await expect(turns(page).first()).toContainText('Count');
    await page.reload();
    await live(page);
    await expect(field(page)).toHaveValue('Written in the dark');
    await expect(turns(page)).toHaveCount(1);
    await field(page).press('Enter');
    const late = await streaming.next();
    expect(late.text).toBe('Written in the dark');
    late.done();
    await expect(turns(page)).toHaveCount(2);
    await expect(field(page)).toHaveValue('');
  } finally {
    await platform.stop();
  }
});

test('many turns leave the button to send in sight; a failure keeps its lines', async ({ canvas, page, streaming }) => {
  await page.setViewportSize({ width: 1440, height: 900 });
  const agent = await canvas.agent('Atlas');
  await streaming.serve(canvas, agent);
  await page.goto(`${canvas.url}/w/${agent.id}?show=messages`);
  for (let turn = 0; turn < 6; turn += 1) {
    await say(page, `Line\n`.repeat(6));
    const asked = await streaming.next();
    if (turn < 5) asked.say('line\n'.repeat(8));
    if (turn < 5) asked.done();
    else asked.fail('No disk:\nfull');
    await expect(turns(page)).toHaveCount(turn + 1);
    await expect(turns(page).getByRole('button', { name: 'Stop' })).toHaveCount(0);
  }
  await expect(page.getByRole('button', { name: 'Send', exact: true })).toBeInViewport({ ratio: 1 });
  expect(await turns(page).last().locator('[data-tone="bad"]').innerText()).toBe('No disk:\nfull');
});

test('what cannot be delivered now waits, says why, and can be dropped', async ({ canvas, page }) => {
  const agent = await canvas.agent('Atlas');
  await page.goto(`${canvas.url}/w/${agent.id}?show=messages`);
  await say(page, 'For later');
  await expect(turns(page)).toContainText('Queued');
  await expect(turns(page)).toContainText('It is kept, also when you leave this page.');
  await page.reload();
  await live(page);
  await expect(turns(page)).toContainText('For later');
  await expect(turns(page)).toContainText('Queued');
  await turns(page).getByRole('button', { name: 'Drop…' }).click();
  await page.getByRole('textbox', { name: 'Why?' }).fill('not needed');
  await page.getByRole('button', { name: 'Drop it' }).click();
  await expect(turns(page)).toContainText('not needed');
  expect((await canvas.call<QueuePage>('GET', `/workspaces/${agent.id}/a2a/queue`)).items).toEqual([]);
});

test('Markdown is drawn on request, and nothing in it runs, loads or leads away', async ({ canvas, page, streaming, faults }) => {
  const agent = await canvas.agent('Atlas');
  await streaming.serve(canvas, agent);
  const asked: string[] = [];
  page.on('request', (request) => asked.push(request.url()));
  await page.goto(`${canvas.url}/w/${agent.id}?show=messages`);
  await say(page, HOSTILE);
  const message = await streaming.next();
  message.say(HOSTILE);
  message.done();
  const answer = turns(page);
  await expect(answer.getByRole('button', { name: 'As Markdown' })).toBeVisible();
  await expect(answer).toContainText('![x](/stolen.png)');
  await answer.getByRole('button', { name: 'As Markdown' }).click();
  await expect(answer.getByRole('table')).toContainText('12');
  await expect(answer.locator('strong')).toHaveText('bold');
  await expect(answer).toContainText('safe (https://example.test/a)');
  await expect(answer).toContainText('[picture: x] (/stolen.png)');
  await expect(answer).toContainText('Title <script>alert(1)</script>');
  expect(await answer.locator('img, script, a:not([href^="/traces/"])').count()).toBe(0);
  await answer.getByRole('button', { name: 'As text' }).click();
  await expect(answer.getByRole('table')).toHaveCount(0);
  expect(asked.filter((url) => url.includes('stolen'))).toEqual([]);
  expect(await page.evaluate(() => document.body.innerText.includes('\u202E'))).toBe(false);
  expect(faults).toEqual([]);
});

test('a rule is seen, and long code scrolls by itself, on a phone too', async ({ canvas, page, streaming }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  const agent = await canvas.agent('Atlas');
  await streaming.serve(canvas, agent);
  await page.goto(`${canvas.url}/w/${agent.id}?show=messages`);
  await say(page, 'Draw');
  const message = await streaming.next();
  message.say(['above', '', '---', '', '```', 'x'.repeat(500), '```'].join('\n'));
  message.done();
  const answer = turns(page);
  await answer.getByRole('button', { name: 'As Markdown' }).click();
  const code = answer.locator('pre');
  await expect(code).toBeVisible();
  expect((await answer.locator('hr').boundingBox())?.width ?? 0).toBeGreaterThan(100);
  expect(await code.evaluate((pre) => pre.scrollWidth > pre.clientWidth)).toBe(true);
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth)).toBe(true);
});

test('a refusal says what to do, and keeps what was written elsewhere', async ({ canvas, page }) => {
  const agent = await canvas.agent('Atlas');
  await page.goto(`${canvas.url}/w/${agent.id}?show=messages`);
  await page.route('**/a2a', (route) =>
    route.fulfill({ status: 503, json: { error: 'Too many messages wait for Atlas. Try again in a minute.', code: 'overloaded' } }),
  );
  await say(page, 'One more');
  await expect(turns(page).getByRole('alert')).toHaveText('Too many messages wait for Atlas. Try again in a minute.');
  await field(page).fill('half a thought');
  await page.getByRole('link', { name: 'Overview', exact: true }).click();
  await expect(page.getByRole('region', { name: 'Last 24 hours' })).toBeVisible();
  await page.getByRole('link', { name: 'Messages', exact: true }).click();
  await expect(field(page)).toHaveValue('half a thought');
});

test('what is written before the page has come to life is kept, and can be sent', async ({ canvas, page }) => {
  const agent = await canvas.agent('Atlas');
  let release: () => void = () => {};
  const released = new Promise<void>((resolve) => (release = resolve));
  await page.route(isScript, async (route) => {
    await released;
    await route.continue();
  });
  await page.goto(`${canvas.url}/w/${agent.id}?show=messages`, { waitUntil: 'commit' });
  await field(page).fill('Early');
  release();
  await hydrated(field(page));
  await expect(page.getByRole('button', { name: 'Send', exact: true })).toBeEnabled();
  await expect(field(page)).toHaveValue('Early');
  await page.goto(`${canvas.url}/w/${agent.id}`);
  await page.getByRole('link', { name: 'Messages', exact: true }).click();
  await expect(field(page)).toHaveValue('Early');
});
