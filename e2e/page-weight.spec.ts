import { gzipSync } from 'node:zlib';
import { expect, live, test } from './canvas-test.ts';

/** Kilobytes of a thousand, as browsers' tools count them. */
const BUDGET_BYTES = 200_000;

test('the fleet needs no more than 200 KB of scripts, compressed', async ({ canvas, page }) => {
  await canvas.agent('Atlas');
  const sizes: Promise<number>[] = [];
  page.on('response', (response) => {
    if (response.request().resourceType() === 'script') sizes.push(response.body().then((body) => gzipSync(body).length));
  });
  await page.goto(canvas.url);
  await live(page);
  const total = (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
  expect(sizes.length).toBeGreaterThan(3);
  expect(total).toBeLessThanOrEqual(BUDGET_BYTES);
});

test('nothing secret is in a page or its scripts', async ({ canvas, page }) => {
  const agent = await canvas.agent('Atlas');
  const texts: Promise<string>[] = [];
  page.on('response', (response) => {
    if (new URL(response.url()).pathname !== '/events') texts.push(response.text().catch(() => ''));
  });
  for (const path of ['/', `/w/${agent.id}`]) {
    await page.goto(canvas.url + path);
    await live(page);
  }
  const all = (await Promise.all(texts)).join('\n');
  expect(all).toContain('Atlas');
  expect(all).not.toContain(agent.token);
  expect(all).not.toMatch(/inbound_secret|token_hash/);
});
