import type { Page } from '@playwright/test';
import { card, expect, live, type TestAgent, test } from './canvas-test.ts';

/** What is read of React's tree: the part that its own developer tools read too, in production as well. */
interface Fiber {
  tag: number;
  flags: number;
  type: unknown;
  memoizedProps: Record<string, unknown> | null;
  alternate: Fiber | null;
  child: Fiber | null;
  sibling: Fiber | null;
}

/**
 * Counts, from the moment of the call on, how often components inside each card are rendered. The texts that tick with the
 * clock are left out: components with nothing but a text below them.
 */
async function countRenders(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const PERFORMED_WORK = 1;
    const FUNCTION_TAGS = [0, 11, 14, 15];
    const HOST_TEXT = 6;
    const counts: Record<string, number> = {};
    let counting = false;
    const walk = (fiber: Fiber, before: Fiber | null, cardId: string | null): void => {
      const inside =
        fiber.type === 'article'
          ? String(fiber.memoizedProps?.['data-card'])
          : fiber.child?.type === 'article'
            ? String(fiber.child.memoizedProps?.['data-card'])
            : cardId;
      const isText = fiber.child === null || fiber.child.tag === HOST_TEXT;
      if (inside !== null && FUNCTION_TAGS.includes(fiber.tag) && !isText && (fiber.flags & PERFORMED_WORK) !== 0 && counting)
        counts[inside] = (counts[inside] ?? 0) + 1;
      if (before !== null && before.child === fiber.child) return;
      for (let child = fiber.child; child !== null; child = child.sibling) walk(child, child.alternate, inside);
    };
    const hook = {
      supportsFiber: true,
      renderers: new Map(),
      inject: () => 1,
      onCommitFiberRoot: (_: number, root: { current: Fiber }) => walk(root.current, root.current.alternate, null),
      onCommitFiberUnmount: () => undefined,
      onPostCommitFiberRoot: () => undefined,
    };
    Object.assign(window, {
      __REACT_DEVTOOLS_GLOBAL_HOOK__: hook,
      renderCounts: () => counts,
      startCounting: () => {
        counting = true;
      },
    });
  });
}

const counts = (page: Page) => page.evaluate(() => (window as unknown as { renderCounts(): Record<string, number> }).renderCounts());

test('a beat for one card never renders another', async ({ canvas, page }) => {
  const agents: TestAgent[] = [];
  for (let i = 0; i < 12; i++) agents.push(await canvas.agent(`Agent ${String(i).padStart(2, '0')}`));
  const [busy, ...others] = agents;
  if (!busy) throw new Error('there is a first agent');
  await countRenders(page);
  await page.goto(canvas.url);
  await live(page);
  await expect(page.locator('[data-card]')).toHaveCount(12);
  await page.evaluate(() => (window as unknown as { startCounting(): void }).startCounting());
  for (let n = 1; n <= 20; n++) {
    await busy.beat({ current_task: `Step ${n}`, active_tasks: n });
    await expect(card(page, busy)).toContainText(`Step ${n}`);
  }
  const rendered = await counts(page);
  expect(rendered[busy.id]).toBeGreaterThanOrEqual(20);
  // The end of the first load, and the end of a minute, move every card's bars once. Twenty beats must not.
  for (const other of others) expect(rendered[other.id] ?? 0).toBeLessThanOrEqual(2);
});
