import type { Page } from '@playwright/test';

/** Buttons and fields that cannot be hit 21 px from their middle, up and down. A link in a line of text is as high as its line. */
export function smallTargets(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const small: string[] = [];
    for (const target of document.querySelectorAll<HTMLElement>('button, input, select, [role="menuitem"]')) {
      target.scrollIntoView({ block: 'center', inline: 'center', behavior: 'instant' });
      const box = target.getBoundingClientRect();
      if (box.width === 0 || getComputedStyle(target).visibility === 'hidden') continue;
      const [x, y] = [box.left + box.width / 2, box.top + box.height / 2];
      const hit = (dy: number) => {
        const at = document.elementFromPoint(x, y + dy);
        return at !== null && target.contains(at);
      };
      if (!hit(-21) || !hit(21)) small.push(`${target.tagName} ${target.getAttribute('aria-label') ?? target.textContent}`.slice(0, 80));
    }
    return small;
  });
}
