import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { test as base, expect, type Locator, type Page } from '@playwright/test';
import type { CreatedToken } from '#lib/contract/access.ts';
import type { Heartbeat } from '#lib/contract/heartbeat.ts';
import type { CreateWorkspace } from '#lib/contract/workspaces.ts';
import { type RunningPlatform, startPlatform } from './running-platform.ts';

/** An agent that the test plays: a real workspace with a real token, beating over HTTP. */
export interface TestAgent {
  id: string;
  name: string;
  token: string;
  beat(over?: Partial<Heartbeat>): Promise<void>;
}

export interface TestCanvas {
  url: string;
  platform: RunningPlatform;
  /** An operator's call; rejects when the platform refuses. */
  call<T>(method: string, path: string, body?: unknown): Promise<T>;
  /** Creates a workspace and, unless told not to, sends its first beat. */
  agent(name: string, over?: Partial<CreateWorkspace> & { silent?: boolean }): Promise<TestAgent>;
}

/** As any client should, asks a platform that is busy (with its first page, say) again when it says so. */
export async function send<T>(url: string, method: string, path: string, body?: unknown, token?: string): Promise<T> {
  const headers: Record<string, string> = {};
  if (body !== undefined) headers['content-type'] = 'application/json';
  if (token !== undefined) headers['authorization'] = `Bearer ${token}`;
  let response = await fetch(url + path, { method, headers, body: body === undefined ? null : JSON.stringify(body) });
  for (let tries = 0; response.status === 503 && tries < 20; tries++) {
    await wait(1000 * Number(response.headers.get('retry-after') ?? 1));
    response = await fetch(url + path, { method, headers, body: body === undefined ? null : JSON.stringify(body) });
  }
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text}`);
  return (text === '' ? undefined : JSON.parse(text)) as T;
}

export function canvasAt(platform: RunningPlatform): TestCanvas {
  const { url } = platform;
  const call = <T>(method: string, path: string, body?: unknown) => send<T>(url, method, path, body);
  return {
    url,
    platform,
    call,
    async agent(name, { silent = false, ...over } = {}) {
      const { id } = await call<{ id: string }>('POST', '/workspaces', { name, runtime: 'command', ...over });
      const { auth_token: token } = await call<CreatedToken>('POST', `/workspaces/${id}/tokens`, {});
      const beat = async (facts: Partial<Heartbeat> = {}) => {
        const full = {
          workspace_id: id,
          error_rate: 0,
          sample_error: '',
          active_tasks: 0,
          current_task: '',
          uptime_seconds: 3_600,
          runtime_metadata: {},
          boot_id: `boot-${id}`,
          interval_seconds: 30,
          requests: 10,
          ...facts,
        };
        await send(url, 'POST', '/registry/heartbeat', full, token);
      };
      if (!silent) await beat();
      return { id, name, token, beat };
    },
  };
}

export const WEDGE = { runtime_state: 'wedged' as const, sample_error: 'SDK stream stalled: no event for 300 s' };

export const test = base.extend<{ dataDir: string; canvas: TestCanvas; faults: string[] }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of the fixtures from it
  dataDir: async ({}, use) => {
    const folder = await mkdtemp(join(tmpdir(), 'canvas-pages-'));
    await use(folder);
    await rm(folder, { recursive: true, force: true });
  },
  canvas: async ({ dataDir }, use) => {
    const platform = await startPlatform({ dataDir });
    await use(canvasAt(platform));
    await platform.stop();
  },
  /** Everything a browser complains of, refused content included. A test that expects none says so at its end. */
  faults: async ({ page }, use) => {
    const faults: string[] = [];
    page.on('pageerror', (error) => faults.push(`error: ${error.message}`));
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') faults.push(`${message.type()}: ${message.text()}`);
    });
    await use(faults);
  },
});

export { expect };

export function card(page: Page, agent: { id: string }): Locator {
  return page.locator(`[data-card="${agent.id}"]`);
}

/** Waits until a press on this element, or a letter typed into it, is heard: what is only painted by the server loses both. */
export async function hydrated(element: Locator): Promise<void> {
  await expect
    .poll(() => element.evaluate((node) => Object.keys(node).some((key) => key.startsWith('__reactProps$'))), {
      message: 'the page comes to life',
      timeout: 20_000,
    })
    .toBe(true);
}

/** Waits until this page is alive, changes are streamed to it, and everything that came before was fetched. */
export async function live(page: Page): Promise<void> {
  await hydrated(page.locator('main').first());
  // What a part of the page does once it is there comes a moment after it is: its first fetch among it.
  await page.evaluate(
    () => new Promise<void>((resolve) => void setTimeout(() => requestIdleCallback(() => resolve(), { timeout: 1000 }), 0)),
  );
  await expect(page.locator('[data-live="live"]')).toBeVisible();
  await expect(page.locator('[data-caught-up="true"]')).toBeAttached();
  // The fleet comes in pages, of which the first is painted.
  await expect(page.locator('[data-fleet="first"]')).toHaveCount(0);
}

/** A page that asks again by itself may be up to date before the press on the button that asks by hand. */
export async function pressUnlessDone(button: Locator): Promise<void> {
  await Promise.any([button.click(), expect(button).toBeHidden()]);
}
