import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { Page } from '@playwright/test';
import type { Preferences } from '#lib/contract/preferences.ts';
import { test as base, canvasAt, expect, live, type TestCanvas } from './canvas-test.ts';
import { notify } from './notify.ts';
import { startPlatform } from './running-platform.ts';

const MARKUP = '<img src="/never.png" onerror="document.title=1">';

interface Received {
  headers: IncomingHttpHeaders;
  body: string;
}
interface Receiver {
  url: string;
  got: Received[];
  /** What it answers from now on. */
  answer: { status: number; text: string };
}

/** A Canvas that may send to this machine, and a real receiver on it. */
const test = base.extend<{ receiver: Receiver; sending: TestCanvas }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of the fixtures from it
  receiver: async ({}, use) => {
    const got: Received[] = [];
    const answer = { status: 200, text: 'thanks' };
    const server = createServer(async (request, response) => {
      let body = '';
      for await (const chunk of request) body += chunk;
      got.push({ headers: request.headers, body });
      response.writeHead(answer.status).end(answer.text);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = address !== null && typeof address === 'object' ? address.port : 0;
    await use({ url: `http://127.0.0.1:${port}/hook`, got, answer });
    server.closeAllConnections();
    server.close();
  },
  sending: async ({ dataDir }, use) => {
    const platform = await startPlatform({ dataDir, settings: { CANVAS_ALLOWED_TARGETS: '127.0.0.1' } });
    await use(canvasAt(platform));
    await platform.stop();
  },
});

async function addChannel(page: Page, kind: string, fill: Record<string, string>): Promise<void> {
  await page.getByRole('region', { name: 'Channels' }).getByRole('button', { name: 'Add a channel' }).click();
  const dialog = page.getByRole('dialog', { name: 'Add a channel' });
  await dialog.getByLabel(kind, { exact: true }).check();
  for (const [label, value] of Object.entries(fill)) await dialog.getByLabel(label, { exact: true }).fill(value);
  await dialog.getByLabel('What is sent').selectOption('info');
  await dialog.getByRole('button', { name: 'Add it' }).click();
}

function signed({ headers, body }: Received, secret: string): boolean {
  const key = Buffer.from(secret.replace('whsec_', ''), 'base64');
  const text = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`;
  const wanted = `v1,${createHmac('sha256', key).update(text).digest('base64')}`;
  return String(headers['webhook-signature']).split(' ').includes(wanted);
}

test('a webhook is added, its secret shown once, tested, told of what happens, paused and removed', async ({
  sending,
  receiver,
  page,
  faults,
}) => {
  const agent = await sending.agent('Release Manager');
  await page.goto(`${sending.url}/settings`);
  await live(page);
  await addChannel(page, 'Webhook', { Name: `Ops ${MARKUP}`, Address: receiver.url });
  const shown = page.getByRole('dialog', { name: 'The signing secret' });
  const secret = (await shown.locator('pre').textContent()) ?? '';
  expect(secret).toMatch(/^whsec_/);
  await page.mouse.click(5, 5);
  await expect(shown.locator('pre')).toHaveText(secret);
  await shown.getByRole('button', { name: 'Done' }).click();
  const channels = page.getByRole('region', { name: 'Channels' });
  await expect(channels.getByRole('listitem')).toContainText(`Ops ${MARKUP}`);
  expect(await page.content()).not.toContain(secret);

  await channels.getByRole('button', { name: 'Send a test' }).click();
  await expect(channels.getByRole('listitem')).toContainText('The test arrived.');
  expect(receiver.got).toHaveLength(1);
  expect(receiver.got.every((one) => signed(one, secret))).toBe(true);
  Object.assign(receiver.answer, { status: 400, text: `no ${MARKUP}` });
  await channels.getByRole('button', { name: 'Send a test' }).click();
  await expect(channels.getByRole('listitem')).toContainText('The test did not arrive.');
  await expect(channels.getByRole('listitem')).toContainText('400');
  await expect(page.getByRole('region', { name: 'What was sent' }).getByRole('listitem')).toHaveCount(2);

  Object.assign(receiver.answer, { status: 200, text: 'thanks' });
  await notify(sending, agent, 'release is cut');
  await expect.poll(() => receiver.got.length, { timeout: 30_000 }).toBe(3);
  expect(receiver.got[2]?.body).toContain('release is cut');
  await page.goto(`${sending.url}/inbox`);
  await live(page);
  await page.getByRole('link', { name: /release is cut/ }).click();
  const sent = page.getByRole('region', { name: 'What was sent of it' });
  await expect(sent.getByRole('listitem')).toContainText(`Ops ${MARKUP}`);

  await page.goto(`${sending.url}/settings`);
  await live(page);
  await channels.getByRole('switch').click();
  await expect(channels.getByRole('listitem')).toContainText('paused');
  await expect.poll(async () => (await sending.call<{ enabled: boolean }[]>('GET', '/channels'))[0]?.enabled).toBe(false);
  await channels.getByRole('button', { name: 'Remove…' }).click();
  await channels.getByRole('button', { name: 'Remove it now' }).click();
  await expect(channels).toContainText('None yet');
  await expect(channels.getByRole('button', { name: 'Add a channel' })).toBeFocused();
  expect(faults).toEqual([]);
});

test('an address that is not allowed gets nothing, and the page says which setting allows it', async ({ canvas, receiver, page }) => {
  await page.goto(`${canvas.url}/settings`);
  await live(page);
  await addChannel(page, 'Webhook', { Name: 'Inside', Address: receiver.url });
  const dialog = page.getByRole('dialog', { name: 'Add a channel' });
  await expect(dialog.getByRole('alert')).toContainText('CANVAS_ALLOWED_TARGETS');
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await expect(page.getByRole('region', { name: 'Channels' })).toContainText('None yet');
  expect(receiver.got).toEqual([]);
});

test('a mail channel is changed without asking for its password again', async ({ canvas, page }) => {
  await page.goto(`${canvas.url}/settings`);
  await live(page);
  await addChannel(page, 'E-mail', {
    Name: 'Night shift',
    To: 'ops@example.com, night@example.com',
    From: 'canvas@example.com',
    'Mail server': 'mail.example.com',
    'User name': 'canvas',
    Password: ['not', 'a', 'real', 'one'].join('-'),
  });
  const channels = page.getByRole('region', { name: 'Channels' });
  await expect(channels.getByRole('listitem')).toContainText('Night shift');
  await channels.getByRole('button', { name: 'Change…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Change Night shift' });
  await expect(dialog.getByLabel('To', { exact: true })).toHaveValue('ops@example.com, night@example.com');
  await expect(dialog.getByLabel('Password')).toHaveValue('');
  await dialog.getByLabel('Name', { exact: true }).fill('Day shift');
  await dialog.getByLabel('To', { exact: true }).fill('nobody');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(dialog.getByRole('alert')).toContainText('mail address');
  await dialog.getByLabel('To', { exact: true }).fill('day@example.com');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(channels.getByRole('listitem')).toContainText('Day shift');
  expect(await canvas.call('GET', '/channels')).toMatchObject([{ name: 'Day shift', has_secret: true }]);
});

test('browser push asks when it is pressed, and says plainly what stands in its way', async ({ canvas, page, context }) => {
  const add = async () => {
    await page.getByRole('region', { name: 'Channels' }).getByRole('button', { name: 'Add a channel' }).click();
    await page.getByRole('dialog').getByLabel('This browser', { exact: true }).check();
  };
  const ask = page.getByRole('dialog').getByRole('button', { name: 'Ask this browser' });
  const { public_key } = await canvas.call<{ public_key: string }>('GET', '/push-key');
  await page.addInitScript(
    (key) => {
      const kept = {
        options: { applicationServerKey: Uint8Array.from(atob(key), (char) => char.charCodeAt(0)).buffer },
        unsubscribe: async () => Object.assign(window, { unsubscribed: true }),
      };
      PushManager.prototype.getSubscription = async () => kept as unknown as PushSubscription;
      // What Chromium says, after a while, when the push service cannot be reached.
      PushManager.prototype.subscribe = () => Promise.reject(new DOMException('Registration failed - push service error', 'AbortError'));
    },
    public_key.replaceAll('-', '+').replaceAll('_', '/'),
  );
  await page.goto(`${canvas.url}/settings`);
  await live(page);
  await add();
  await ask.click();
  const alert = page.getByRole('dialog').getByRole('alert');
  // A browser without a screen asks nobody: whatever it was not told to allow is refused.
  await expect(alert).toContainText('The browser was not allowed to show notifications');

  await context.grantPermissions(['notifications']);
  await page.reload();
  await live(page);
  await add();
  await ask.click();
  // The service worker is there and may run.
  await expect(alert).toContainText('The push service of this browser could not be reached.');
  const worker = await page.evaluate(async () => (await navigator.serviceWorker.getRegistration())?.active?.scriptURL);
  expect(worker).toBe(`${canvas.url}/sw.js`);
  // What another channel of this browser is sent by is still there.
  expect(await page.evaluate(() => 'unsubscribed' in window)).toBe(false);
  expect(await canvas.call('GET', '/channels')).toEqual([]);

  // Browsers renew a subscription when they like: the worker is handed a new one here, and may tell Canvas.
  const keys = { p256dh: 'B'.repeat(87), auth: 'A'.repeat(22) };
  const target = { kind: 'push', endpoint: 'https://old.example/1', keys };
  const { id } = await canvas.call<{ id: string }>('POST', '/channels', { name: 'Here', target });
  await page.evaluate(async (channel) => (await caches.open('canvas-push')).put(`/push-channels/${channel}`, new Response(channel)), id);
  const running = context.serviceWorkers()[0] ?? (await context.waitForEvent('serviceworker'));
  await running.evaluate((made) => (globalThis as unknown as { renew: (one: object) => Promise<void> }).renew({ toJSON: () => made }), {
    endpoint: 'https://new.example/2',
    keys,
  });
  expect(await canvas.call('GET', '/channels')).toMatchObject([{ shown_target: 'a browser, via https://new.example' }]);
});

test.describe('far away', () => {
  test.use({ timezoneId: 'Asia/Tokyo' });

  test('quiet hours begin in the zone of the browser and are kept', async ({ canvas, page, faults }) => {
    await page.goto(`${canvas.url}/settings`);
    await live(page);
    const when = page.getByRole('region', { name: 'When' });
    await when.getByRole('switch', { name: /Quiet hours/ }).click();
    await expect(when.getByLabel('In the zone of')).toHaveValue('Asia/Tokyo');
    await when.getByLabel('From').fill('21:30');
    await when.getByLabel('What is critical is sent all the same').uncheck();
    await when.getByRole('button', { name: 'Save the hours' }).click();
    const hours = { from: '21:30', to: '07:00', zone: 'Asia/Tokyo', let_critical_through: false };
    await expect.poll(async () => (await canvas.call<Preferences>('GET', '/preferences')).quiet_hours).toEqual(hours);
    await page.reload();
    await live(page);
    await expect(when.getByLabel('From')).toHaveValue('21:30');
    await when.getByRole('switch', { name: /Quiet hours/ }).click();
    await expect(when.getByLabel('From')).toHaveCount(0);
    await expect.poll(async () => (await canvas.call<Preferences>('GET', '/preferences')).quiet_hours).toBeNull();
    expect(faults).toEqual([]);
  });
});
