import { setTimeout as wait } from 'node:timers/promises';
import { type BenchWorkspace, beatBytes, startFleet } from './bench-fleet.ts';
import { Browser, findChromium } from './browser.ts';
import type { Measure } from './figure.ts';
import { RawConnection } from './raw-connection.ts';
import { Samples } from './samples.ts';

const WORKSPACES = 20;
/** Longer than the stream waits to send changes together: each change finds a quiet fleet. */
const QUIET_MS = 700;
const WHAT = 'One change on a quiet fleet, from the beat to the page, p50';
const TARGET = '≤ 60 ms';

/** In the page: resolves with the time at which `text` stands in the card of `id`. Times are Date.now() of this one machine. */
const WATCH = `window.whenShown = (id, text) => new Promise((resolve) => {
  const shown = () => document.querySelector('[data-card="' + id + '"]')?.textContent.includes(text);
  const observer = new MutationObserver(() => {
    if (!shown()) return;
    observer.disconnect();
    resolve(Date.now());
  });
  observer.observe(document.body, { subtree: true, childList: true, characterData: true });
});`;

/** A beat with a new task, and the moment at which a real browser has it in its page. */
export const pageChange: Measure = async ({ quick }) => {
  const chromium = findChromium();
  if (!chromium) return [{ measure: WHAT, target: TARGET, figure: 'not measured: no Chromium here', ok: null, numbers: {} }];
  const fleet = await startFleet({ workspaces: WORKSPACES });
  const browser = new Browser(chromium);
  try {
    const connection = new RawConnection(fleet.platform.port);
    const beat = (workspace: BenchWorkspace, task: string) =>
      new Promise<number>((resolve) => connection.send(beatBytes(workspace, { current_task: task }), resolve));
    for (const workspace of fleet.workspaces) await beat(workspace, 'Idle');
    const page = await browser.newPage();
    await page.beforeEachDocument(WATCH);
    await page.open(`http://127.0.0.1:${fleet.platform.port}/`);
    const delays = new Samples();
    for (let n = 0; n < (quick ? 10 : 60); n += 1) {
      const workspace = fleet.workspaces[n % 4] as BenchWorkspace;
      const task = `Change ${n}.`;
      await waitForLive(page, n === 0);
      await page.evaluate(`void (window.shown = whenShown(${JSON.stringify(workspace.id)}, ${JSON.stringify(task)}))`);
      await wait(QUIET_MS);
      const sent = Date.now();
      await beat(workspace, task);
      delays.add((await page.evaluate<number>('window.shown')) - sent);
    }
    connection.close();
    const p50 = delays.percentile(0.5);
    return [
      {
        measure: WHAT,
        target: TARGET,
        figure: `${p50.toFixed(0)} ms (p95 ${delays.percentile(0.95).toFixed(0)} ms, ${delays.count} changes)`,
        ok: p50 <= 60,
        numbers: { p50_ms: p50, p95_ms: delays.percentile(0.95) },
      },
    ];
  } finally {
    await browser.close();
    await fleet.close();
  }
};

/** The first time: until the cards are there and the page has had time to open its stream. */
async function waitForLive(page: { evaluate<T>(expression: string): Promise<T> }, first: boolean): Promise<void> {
  if (!first) return;
  while (!(await page.evaluate<boolean>(`document.readyState === 'complete' && !!document.querySelector('[data-card]')`))) await wait(50);
  await wait(2000);
}
