import { card, expect, live, test, WEDGE } from './canvas-test.ts';

test.describe('without scripts', () => {
  test.use({ javaScriptEnabled: false });

  test('the first paint has real data: cards, states, reasons and counts', async ({ canvas, page }) => {
    const [calm, stuck] = [await canvas.agent('Atlas Planner'), await canvas.agent('Release Manager', { role: 'Cuts releases' })];
    await calm.beat({ current_task: 'Reviewing pull request 1482', active_tasks: 2, requests: 12 });
    await stuck.beat(WEDGE);
    await page.goto(canvas.url);
    await expect(card(page, calm)).toContainText('Reviewing pull request 1482');
    await expect(card(page, calm)).toContainText('Online');
    await expect(card(page, stuck)).toContainText('Wedged');
    await expect(card(page, stuck)).toContainText(WEDGE.sample_error);
    await expect(card(page, stuck)).toContainText('Cuts releases');
    await expect(page.getByRole('button', { name: '1 Wedged' })).toBeVisible();
    await expect(page.getByText('1 of 2')).toBeVisible();
  });
});

test('a card says how its workspace is, and changes as it beats', async ({ canvas, page, faults }) => {
  const agent = await canvas.agent('Invoice Reader');
  await page.goto(canvas.url);
  await live(page);
  const view = card(page, agent);
  await agent.beat({ current_task: 'Read invoices 4410 to 4480', active_tasks: 4, error_rate: 0.25, requests: 20, uptime_seconds: 93_600 });
  await expect(view).toContainText('Read invoices 4410 to 4480');
  await expect(view.locator('dl')).toHaveText(/up1 d 2 h\s*tasks4\s*errors5 of 20\s*beat\d s/);
  await agent.beat({ error_rate: 0.7, requests: 30, sample_error: '429 from the model provider' });
  await expect(view).toContainText('Degraded');
  await expect(view.locator('[data-banner="degraded"]')).toContainText('429 from the model provider');
  await agent.beat(WEDGE);
  await expect(view.locator('[data-banner]')).toHaveCount(1);
  await expect(view.locator('[data-banner="wedged"]')).toContainText(WEDGE.sample_error);
  await agent.beat();
  await expect(view).toHaveAttribute('data-state', 'online');
  await expect(view.locator('[data-banner]')).toHaveCount(0);
  expect(faults).toEqual([]);
});

test('a refused token is shown on the card', async ({ canvas, page }) => {
  const agent = await canvas.agent('Docs Writer');
  await page.goto(canvas.url);
  await live(page);
  const [token] = await canvas.call<{ id: string }[]>('GET', `/workspaces/${agent.id}/tokens`);
  await canvas.call('DELETE', `/workspaces/${agent.id}/tokens/${token?.id}`);
  await expect(agent.beat()).rejects.toThrow('401');
  await expect(card(page, agent).locator('[data-banner="token_rejected"]')).toBeVisible();
});

test('workspaces come and go without a reload', async ({ canvas, page }) => {
  const first = await canvas.agent('First');
  await page.goto(canvas.url);
  await live(page);
  const second = await canvas.agent('Second');
  await expect(card(page, second)).toBeVisible();
  await canvas.call('DELETE', `/workspaces/${first.id}`);
  await expect(card(page, first)).toHaveCount(0);
  await expect(card(page, second)).toBeVisible();
});

test('what needs a person comes first, and "Why?" shows the evidence', async ({ canvas, page, faults }) => {
  const calm = await canvas.agent('Atlas');
  const stuck = await canvas.agent('Zeppelin');
  await page.goto(canvas.url);
  await live(page);
  await expect(page.locator('[data-card]').first()).toHaveAttribute('data-card', calm.id);
  await stuck.beat(WEDGE);
  await expect(page.locator('[data-card]').first()).toHaveAttribute('data-card', stuck.id);
  await expect(page).toHaveTitle('(1) Canvas');
  // Canvas did not start it, and so cannot start it again.
  await expect(card(page, stuck).getByRole('button', { name: 'Drain', exact: true })).toBeVisible();
  await card(page, stuck).getByRole('button', { name: /Why/ }).click();
  const why = page.getByRole('dialog', { name: /Why/ });
  await expect(why).toContainText('The agent itself says that it is stuck');
  await expect(why).toContainText('Last progress');
  await page.keyboard.press('Escape');
  await expect(why).toHaveCount(0);
  await expect(card(page, stuck).getByRole('button', { name: /Why/ })).toBeFocused();
  expect(faults).toEqual([]);
});

test('nothing moves under the pointer', async ({ canvas, page }) => {
  const [a, b] = [await canvas.agent('Alpha'), await canvas.agent('Beta')];
  await page.goto(canvas.url);
  await live(page);
  const order = () => page.locator('[data-card]').evaluateAll((cards) => cards.map((one) => one.getAttribute('data-card')));
  await card(page, a).hover();
  await b.beat(WEDGE);
  await expect(card(page, b)).toHaveAttribute('data-state', 'wedged');
  await expect(page.getByText('the order waits')).toBeVisible();
  expect(await order()).toEqual([a.id, b.id]);
  await page.mouse.move(5, 5);
  await expect.poll(order).toEqual([b.id, a.id]);
});

test('counts filter, words search, and the address keeps both', async ({ canvas, page }) => {
  const [atlas, zeta] = [await canvas.agent('Atlas'), await canvas.agent('Zeta', { runtime: 'codex' })];
  await zeta.beat(WEDGE);
  await page.goto(canvas.url);
  await live(page);
  await page.getByRole('button', { name: '1 Wedged' }).click();
  await expect(card(page, atlas)).toHaveCount(0);
  await expect(page).toHaveURL(/\?state=wedged$/);
  await page.reload();
  await expect(card(page, zeta)).toBeVisible();
  await expect(card(page, atlas)).toHaveCount(0);
  await page.getByRole('button', { name: 'Show all' }).click();
  await expect(card(page, atlas)).toBeVisible();
  await page.keyboard.press('/');
  await page.keyboard.type('runtime:codex');
  await expect(card(page, atlas)).toHaveCount(0);
  await expect(page).toHaveURL(/\?q=runtime%3Acodex$/);
  await page.getByLabel('Search the fleet').fill('nothing like this');
  await expect(page.getByText('Nothing matches “nothing like this”')).toBeVisible();
  await page.getByRole('button', { name: 'Show all' }).click();
  await expect(card(page, atlas)).toBeVisible();
  await expect(page.getByLabel('Search the fleet')).toHaveValue('');
});

test('the keyboard goes from card to card and opens one', async ({ canvas, page }) => {
  const [a, b] = [await canvas.agent('Alpha'), await canvas.agent('Beta')];
  await page.goto(canvas.url);
  await live(page);
  await page.keyboard.press('j');
  await expect(card(page, a).getByRole('link')).toBeFocused();
  await page.keyboard.press('j');
  await expect(card(page, b).getByRole('link')).toBeFocused();
  await page.keyboard.press('k');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(`${canvas.url}/w/${a.id}`);
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog', { name: 'Keyboard' })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toHaveCount(0);
});

test('a card that has the keyboard keeps it when the order changes', async ({ canvas, page }) => {
  const [a, b] = [await canvas.agent('Alpha'), await canvas.agent('Beta')];
  await page.clock.install();
  await page.goto(canvas.url);
  await live(page);
  await page.keyboard.press('j');
  await page.keyboard.press('j');
  await expect(card(page, b).getByRole('link')).toBeFocused();
  await b.beat(WEDGE);
  await expect(card(page, b)).toHaveAttribute('data-state', 'wedged');
  await expect(page.locator('[data-card]').first()).toHaveAttribute('data-card', a.id);
  await page.clock.fastForward(31_000);
  await expect(page.locator('[data-card]').first()).toHaveAttribute('data-card', b.id);
  await expect(card(page, b).getByRole('link')).toBeFocused();
});

test('who comes back from a workspace is on its card again', async ({ canvas, page }) => {
  await canvas.agent('Alpha');
  const b = await canvas.agent('Beta');
  await page.goto(canvas.url);
  await live(page);
  await page.keyboard.press('j');
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(`${canvas.url}/w/${b.id}`);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Beta');
  await page.goBack();
  await expect(card(page, b).getByRole('link')).toBeFocused();
});

test('text from agents stays text', async ({ canvas, page, faults }) => {
  const evil = '<img src=x onerror=alert(1)> \u202Etxt.exe https://evil.example';
  const agent = await canvas.agent('Hostile');
  await agent.beat({ ...WEDGE, sample_error: evil, current_task: `${evil} ${'long'.repeat(200)}` });
  await page.goto(canvas.url);
  await live(page);
  await expect(card(page, agent)).toContainText('<img src=x onerror=alert(1)> txt.exe https://evil.example');
  expect(await card(page, agent).locator('img, a[href*="evil"]').count()).toBe(0);
  await page.goto(`${canvas.url}/w/${agent.id}`);
  await expect(page.getByRole('main')).toContainText('<img src=x onerror=alert(1)> txt.exe');
  expect(await page.locator('main img, a[href*="evil"]').count()).toBe(0);
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
  expect(faults).toEqual([]);
});

test('says when the rest of the fleet cannot be fetched, and fetches it at another try', async ({ canvas, page }) => {
  const agent = await canvas.agent('Atlas');
  await page.route('**/workspaces?page=*', (route) =>
    route.fulfill({ status: 503, json: { error: 'Too much at once.', code: 'overloaded' } }),
  );
  await page.goto(canvas.url);
  const alert = page.getByRole('alert').filter({ hasText: 'could not be fetched' });
  await expect(alert).toContainText('Too much at once.');
  await agent.beat({ current_task: 'still live' });
  await expect(card(page, agent)).toContainText('still live');
  await page.unroute('**/workspaces?page=*');
  await alert.getByRole('button', { name: 'Try again' }).click();
  await live(page);
  await expect(alert).toHaveCount(0);
});
