import { setTimeout as wait } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { type BenchFleet, type BenchWorkspace, beatBytes, startFleet } from './bench-fleet.ts';
import { Browser, findChromium, type Page } from './browser.ts';
import type { Figure, Measure } from './figure.ts';
import { paced } from './paced.ts';
import { median } from './samples.ts';

const WORKSPACES = 1000;
const INTERVAL_MS = 30_000;

/** In each document: `firstSeen` resolves with the milliseconds to the frame in which the first card, or the first visit's heading, is painted. */
const FIRST_SEEN = `window.firstSeen = new Promise((resolve) => {
  const look = () => {
    if (document.querySelector('[data-card], main h1:not(.sr-only)')) requestAnimationFrame(() => resolve(performance.now()));
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
});`;

/** A page with a thousand workspaces that beat: when its first card is there, how busy it keeps a browser, what it loads. */
export const pageThousand: Measure = async ({ quick, say }) => {
  const chromium = findChromium();
  if (!chromium) {
    return [{ measure: 'Page with 1,000 live workspaces', target: '', figure: 'not measured: no Chromium here', ok: null, numbers: {} }];
  }
  const fleet = await startFleet({ workspaces: WORKSPACES });
  const empty = await startFleet({ workspaces: 0 });
  const browser = new Browser(chromium);
  try {
    await beating(fleet, 3000, 3000);
    const figures = [await firstCard(browser, fleet, empty, quick ? 3 : 11)];
    say('a page that stays open while all of them beat');
    const page = await browser.newPage();
    await page.beforeEachDocument(FIRST_SEEN);
    await page.open(urlOf(fleet));
    await page.evaluate('window.firstSeen');
    await beating(fleet, INTERVAL_MS, 5000);
    figures.push(await busy(page, fleet, quick ? 5 : 30), await scripts(page, fleet));
    return figures;
  } finally {
    await browser.close();
    await empty.close();
    await fleet.close();
  }
};

const urlOf = (fleet: BenchFleet) => `http://127.0.0.1:${fleet.platform.port}/`;

function beating(fleet: BenchFleet, everyMs: number, forMs: number) {
  const requestOf = (sender: number, round: number) =>
    beatBytes(fleet.workspaces[sender] as BenchWorkspace, {
      current_task: `Task ${round} of ${sender} at ${Date.now()}`,
      active_tasks: round % 3,
    });
  return paced({ port: fleet.platform.port, senders: fleet.workspaces.length, everyMs, forMs, requestOf });
}

async function firstCard(browser: Browser, fleet: BenchFleet, empty: BenchFleet, times: number): Promise<Figure> {
  const seen = async (which: BenchFleet) => {
    const page = await browser.newPage();
    await page.beforeEachDocument(FIRST_SEEN);
    await page.open(urlOf(which));
    const ms = await page.evaluate<number>('window.firstSeen');
    await page.close();
    return ms;
  };
  // The first of each fills the caches.
  await seen(empty);
  await seen(fleet);
  const pairs: { empty: number; full: number }[] = [];
  for (let n = 0; n < times; n += 1) pairs.push({ empty: await seen(empty), full: await seen(fleet) });
  const ratio = median(pairs.map((pair) => pair.full / pair.empty));
  const emptyMs = median(pairs.map((pair) => pair.empty));
  const fullMs = median(pairs.map((pair) => pair.full));
  return {
    measure: 'Page with 1,000 live workspaces: first card, against the page of an empty Canvas',
    target: '≤ 1.5 × its time',
    figure: `${ratio.toFixed(2)} × (${fullMs.toFixed(0)} ms against ${emptyMs.toFixed(0)} ms)`,
    ok: ratio <= 1.5,
    numbers: { ratio, full_ms: fullMs, empty_ms: emptyMs },
  };
}

async function busy(page: Page, fleet: BenchFleet, seconds: number): Promise<Figure> {
  const before = await page.busySeconds();
  const began = performance.now();
  await beating(fleet, INTERVAL_MS, seconds * 1000);
  const after = await page.busySeconds();
  const took = (performance.now() - began) / 1000;
  const share = (after.tasks - before.tasks) / took;
  return {
    measure: 'Its main thread, while they beat every 30 s',
    target: '≤ 15 % busy',
    figure: `${(share * 100).toFixed(1)} % (scripts ${(((after.scripts - before.scripts) / took) * 100).toFixed(1)} %)`,
    ok: share <= 0.15,
    numbers: { share },
  };
}

async function scripts(page: Page, fleet: BenchFleet): Promise<Figure> {
  await wait(1000);
  const urls = await page.evaluate<string[]>(`[...new Set([
    ...performance.getEntriesByType('resource').filter((entry) => entry.initiatorType === 'script' || entry.name.endsWith('.js')).map((entry) => entry.name),
    ...[...document.scripts].filter((script) => !script.noModule).map((script) => script.src).filter(Boolean),
  ])]`);
  const own = urls.filter((url) => url.startsWith(urlOf(fleet)));
  const sizes = await Promise.all(own.map(async (url) => gzipSync(Buffer.from(await (await fetch(url)).arrayBuffer())).length));
  const kilobytes = sizes.reduce((sum, size) => sum + size, 0) / 1024;
  return {
    measure: 'JavaScript that it loads, compressed with gzip',
    target: '≤ 200 KB',
    figure: `${kilobytes.toFixed(0)} KB in ${own.length} files`,
    ok: kilobytes <= 200 && own.length > 0,
    numbers: { kilobytes, files: own.length },
  };
}
