import type { RestartRunDetail } from '#lib/contract/restarts.ts';
import { expect, live, type TestAgent, type TestCanvas, test } from './canvas-test.ts';

const WHY = 'stuck <b>on</b> the stream';

/** A drain of a played agent that is at work: it goes on until the agent says that nothing is. */
async function drain(canvas: TestCanvas, agent: TestAgent): Promise<RestartRunDetail> {
  await agent.beat({ active_tasks: 1, current_task: 'Cut release 2.14' });
  return canvas.call('POST', `/workspaces/${agent.id}/restart`, { drain_only: true, deadline_seconds: null, reason: WHY });
}

test('offers a way on while nothing was restarted, and is a page for a browser alone', async ({ canvas, page, request, faults }) => {
  await canvas.agent('Atlas');
  await page.goto(canvas.url);
  await page.getByRole('link', { name: 'Restarts' }).click();
  await expect(page).toHaveURL(`${canvas.url}/restarts`);
  await expect(page.getByText('Nothing was restarted yet')).toBeVisible();
  await page.getByRole('link', { name: 'Running 0' }).click();
  await expect(page.getByText('Nothing is being restarted')).toBeVisible();
  await expect(page).toHaveURL(`${canvas.url}/restarts?show=running`);
  await page.reload();
  await expect(page.getByRole('link', { name: 'Running 0' })).toHaveAttribute('aria-current', 'page');
  await page.getByRole('link', { name: 'Many at once 0' }).click();
  await expect(page.getByText('Many were never restarted at once')).toBeVisible();
  const data = await request.get(`${canvas.url}/restarts`, { headers: { accept: 'application/json' } });
  expect(await data.json()).toMatchObject({ items: [], next: null });
  expect(faults).toEqual([]);
});

test('shows a run live to everybody, from its beginning to its end', async ({ canvas, page, context, request, faults }) => {
  const agent = await canvas.agent('Release Manager');
  // The page asks once more when its stream is open: from then on only the stream can tell it of a new run.
  const caughtUp = page.waitForResponse((response) => response.url().includes('/restarts?active=true'));
  await page.goto(`${canvas.url}/restarts`);
  await caughtUp;
  const run = await drain(canvas, agent);
  const strip = page.getByRole('region', { name: 'Running' }).getByRole('listitem');
  await expect(strip).toContainText('Release Manager');
  await expect(strip).toContainText(`asked for by this machine: “${WHY}”`);
  await expect(strip).toContainText('Draining');

  const html = await (await request.get(`${canvas.url}/restarts`, { headers: { accept: 'text/html' } })).text();
  expect(html).toContain('Release Manager');

  const other = await context.newPage();
  await other.goto(`${canvas.url}/restarts/${run.id}`);
  await expect(other).toHaveTitle('Restart of Release Manager · Canvas');
  await expect(other.getByRole('heading', { level: 1 })).toHaveText('Drain of Release Manager');
  await expect(other.getByRole('region', { name: 'Asked for' })).toContainText(WHY);
  await strip.getByRole('link').click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Drain of Release Manager');
  await page.getByRole('button', { name: 'Take messages again' }).click();
  for (const viewer of [page, other]) {
    await expect(viewer.getByRole('main').getByRole('status')).toHaveText('Cancelled');
    await expect(viewer.getByRole('region', { name: 'What happened' }).getByRole('listitem').last()).toContainText('Cancelled');
    await expect(viewer.getByRole('list', { name: 'What can be done' })).toHaveCount(0);
  }
  await page.goto(`${canvas.url}/restarts?show=past`);
  await expect(page.getByRole('region', { name: 'Past' }).getByRole('listitem')).toContainText('Cancelled');
  await page.goto(`${canvas.url}/w/${agent.id}`);
  await expect(page.getByRole('region', { name: 'Restarts' }).getByRole('listitem')).toContainText('Cancelled');
  expect(faults).toEqual([]);
});

test('keeps what it has when it cannot be brought up to date, and says so', async ({ canvas, page }) => {
  const agent = await canvas.agent('Atlas');
  await drain(canvas, agent);
  await page.goto(`${canvas.url}/restarts`);
  await expect(page.getByRole('region', { name: 'Running' })).toContainText('Atlas');
  await live(page);
  const refused = { status: 503, json: { error: 'The store does not answer. Try again in a moment.', code: 'unavailable' } };
  await page.route(
    (url) => url.pathname === '/restarts',
    (route) => route.fulfill(refused),
  );
  await drain(canvas, await canvas.agent('Second'));
  const running = page.getByRole('region', { name: 'Running' });
  await expect(running.getByRole('alert')).toContainText('The store does not answer.');
  await expect(running.getByRole('listitem')).toContainText('Atlas');
  await page.unroute((url) => url.pathname === '/restarts');
  await page.unrouteAll();
  // What is under way is asked for every few seconds too: on a slow machine the page is up to date before the press.
  const again = running.getByRole('button', { name: 'Try again' });
  await Promise.any([again.click(), expect(again).toBeHidden()]);
  await expect(running.getByRole('listitem')).toHaveCount(2);
  await expect(running.getByRole('alert')).toHaveCount(0);
});

test('shows older ones a page at a time', async ({ canvas, page }) => {
  test.setTimeout(120_000);
  const agent = await canvas.agent('Atlas');
  for (let n = 0; n < 52; n++) {
    const run = await drain(canvas, agent);
    await canvas.call('POST', `/restarts/${run.id}/cancel`, {});
    await expect.poll(async () => (await canvas.call<RestartRunDetail>('GET', `/restarts/${run.id}`)).state).toBe('cancelled');
  }
  await page.goto(`${canvas.url}/restarts?show=past`);
  const strips = page.getByRole('region', { name: 'Past' }).getByRole('listitem');
  await expect(strips).toHaveCount(50);
  await page.getByRole('button', { name: 'Show older ones' }).click();
  await expect(strips).toHaveCount(52);
  await expect(page.getByRole('button', { name: 'Show older ones' })).toHaveCount(0);
});

test('says what is not there', async ({ canvas, page }) => {
  for (const path of ['/restarts/never', '/restarts/bulk/never']) {
    const answer = await page.goto(canvas.url + path);
    expect(answer?.status()).toBe(404);
    await expect(page.getByRole('heading', { name: 'There is no restart with this id' })).toBeVisible();
  }
});

test('messages that wait are told, and dropped with a reason', async ({ canvas, page }) => {
  const { id } = await canvas.call<{ id: string }>('POST', '/workspaces', { name: 'Asleep', runtime: 'command', provisioner: 'none' });
  const message = { kind: 'message', messageId: 'm-1', role: 'user', parts: [{ kind: 'text', text: 'Nightly report' }] };
  await canvas.call('POST', `/workspaces/${id}/a2a`, { jsonrpc: '2.0', id: 1, method: 'message/send', params: { message } });
  await page.goto(`${canvas.url}/w/${id}`);
  const queue = page.getByRole('region', { name: 'Messages to it' });
  await expect(queue.getByRole('listitem')).toContainText('Nightly report');
  await expect(queue.getByRole('listitem')).toContainText('Waits');
  await queue.getByRole('button', { name: 'Drop…' }).click();
  const asking = page.getByRole('dialog', { name: 'Drop this message?' });
  await asking.getByLabel('Why?').fill('sent twice');
  await asking.getByRole('button', { name: 'Drop it' }).click();
  await expect(queue).toContainText('None waits.');
  await queue.getByRole('button', { name: 'With past ones' }).click();
  await expect(queue.getByRole('listitem')).toContainText('sent twice');
});

test('whether a message wakes it is switched at once, and goes back when that is refused', async ({ canvas, page }) => {
  const { id } = await canvas.call<{ id: string }>('POST', '/workspaces', {
    name: 'Local',
    provisioner: 'process',
    config: { agent: { kind: 'sample', role: 'statistician' } },
  });
  const wakes = async () => (await canvas.call<{ wake_on_message: boolean }>('GET', `/workspaces/${id}`)).wake_on_message;
  await page.goto(`${canvas.url}/w/${id}`);
  const wake = page.getByRole('switch', { name: /Wake it when a message comes/ });
  await expect(wake).not.toBeChecked();
  await wake.click();
  await expect(wake).toBeChecked();
  await expect.poll(wakes).toBe(true);
  await page.reload();
  await expect(wake).toBeChecked();
  await page.route(`**/workspaces/${id}`, (route) =>
    route.request().method() === 'PATCH'
      ? route.fulfill({ status: 503, json: { error: 'The store does not answer. Try again in a moment.', code: 'unavailable' } })
      : route.continue(),
  );
  await wake.click();
  await expect(page.getByRole('alert').filter({ hasText: 'The store does not answer.' })).toBeVisible();
  await expect(wake).toBeChecked();
  expect(await wakes()).toBe(true);
});

test('a view of the restarts needs no network', async ({ canvas, page, context }) => {
  await page.goto(`${canvas.url}/restarts`);
  await live(page);
  await context.setOffline(true);
  await page.getByRole('link', { name: 'Past', exact: true }).click();
  await expect(page).toHaveURL(`${canvas.url}/restarts?show=past`);
  await expect(page.getByRole('link', { name: 'Past', exact: true })).toHaveAttribute('aria-current', 'page');
  await expect(page.getByText('Nothing was restarted yet')).toBeVisible();
  await expect(page.getByRole('link', { name: 'Running 0' })).not.toHaveAttribute('aria-current', 'page');
});
