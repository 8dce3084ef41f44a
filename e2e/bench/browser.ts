import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { atExit, type TemporaryFolder, temporaryFolder } from './at-exit.ts';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const FLAGS = [
  '--headless=new',
  '--remote-debugging-pipe',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-extensions',
  '--no-first-run',
  '--window-size=1440,900',
];

type Parameters = Record<string, unknown>;
type Message = { id?: number; sessionId?: string; method?: string; params?: Parameters; result?: unknown; error?: { message: string } };

/** The path of an installed Chromium, or null. `CHROMIUM` in the environment names another one. */
export function findChromium(): string | null {
  const named = process.env['CHROMIUM'];
  const paths = (process.env['PATH'] ?? '').split(delimiter).flatMap((folder) => NAMES.map((name) => join(folder, name)));
  return [...(named ? [named] : []), ...paths].find(isExecutable) ?? null;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * A real Chromium, driven over its debugging pipe: messages of JSON that end in a zero byte, written to its third
 * descriptor and read from its fourth. The bench needs no test library, and so runs where only `npm start` was.
 */
export class Browser {
  readonly #child: ChildProcess;
  readonly #profile: TemporaryFolder;
  readonly #calls = new Map<number, { resolve: (result: unknown) => void; reject: (error: Error) => void }>();
  #nextId = 1;
  #held = '';

  constructor(path: string) {
    this.#profile = temporaryFolder('canvas-bench-browser');
    this.#child = spawn(path, [...FLAGS, `--user-data-dir=${this.#profile.path}`, 'about:blank'], {
      stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
    });
    const answers = this.#child.stdio[4] as Readable;
    answers.setEncoding('utf8').on('data', (text: string) => {
      const messages = (this.#held + text).split('\0');
      this.#held = messages.pop() ?? '';
      for (const message of messages) this.#hear(JSON.parse(message) as Message);
    });
    const forget = atExit(() => this.#child.kill('SIGKILL'));
    this.#child.on('exit', () => {
      forget();
      for (const call of this.#calls.values()) call.reject(new Error('Chromium ended'));
      this.#calls.clear();
    });
  }

  /** Sends one command of the DevTools protocol. */
  call<T>(method: string, params: Parameters = {}, sessionId?: string): Promise<T> {
    const id = this.#nextId++;
    (this.#child.stdio[3] as Writable).write(`${JSON.stringify({ id, method, params, ...(sessionId ? { sessionId } : {}) })}\0`);
    return new Promise<unknown>((resolve, reject) => this.#calls.set(id, { resolve, reject })) as Promise<T>;
  }

  async newPage(): Promise<Page> {
    const { targetId } = await this.call<{ targetId: string }>('Target.createTarget', { url: 'about:blank' });
    const { sessionId } = await this.call<{ sessionId: string }>('Target.attachToTarget', { targetId, flatten: true });
    const page = new Page(this, sessionId, targetId);
    await page.call('Page.enable');
    await page.call('Performance.enable');
    return page;
  }

  async close(): Promise<void> {
    // Its helper processes hold the pipes as well: when those have ended, nothing writes into the profile any more.
    const ended = this.#running() ? once(this.#child, 'close') : null;
    if (ended) await this.call('Browser.close').catch(() => this.#child.kill('SIGKILL'));
    await ended;
    this.#profile.remove();
  }

  #running(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  #hear({ id, result, error }: Message): void {
    const call = this.#calls.get(id ?? 0);
    if (!call) return;
    this.#calls.delete(id ?? 0);
    if (error) call.reject(new Error(error.message));
    else call.resolve(result);
  }
}

export class Page {
  readonly #browser: Browser;
  readonly #session: string;
  readonly #target: string;

  constructor(browser: Browser, session: string, target: string) {
    this.#browser = browser;
    this.#session = session;
    this.#target = target;
  }

  call<T>(method: string, params: Parameters = {}): Promise<T> {
    return this.#browser.call<T>(method, params, this.#session);
  }

  /** Runs `script` in every document before anything of its own. */
  async beforeEachDocument(script: string): Promise<void> {
    await this.call('Page.addScriptToEvaluateOnNewDocument', { source: script });
  }

  async open(url: string): Promise<void> {
    const { errorText } = await this.call<{ errorText?: string }>('Page.navigate', { url });
    if (errorText) throw new Error(`${url}: ${errorText}`);
  }

  /** The value of an expression in the page; a promise is waited for. */
  async evaluate<T>(expression: string): Promise<T> {
    const { result, exceptionDetails } = await this.call<{ result: { value: T }; exceptionDetails?: { text: string } }>(
      'Runtime.evaluate',
      {
        expression,
        awaitPromise: true,
        returnByValue: true,
      },
    );
    if (exceptionDetails) throw new Error(`${exceptionDetails.text} in ${expression}`);
    return result.value;
  }

  /** Seconds that the main thread has been busy since the page was made: all tasks, and scripts alone. */
  async busySeconds(): Promise<{ tasks: number; scripts: number }> {
    const { metrics } = await this.call<{ metrics: { name: string; value: number }[] }>('Performance.getMetrics');
    const value = (name: string) => metrics.find((metric) => metric.name === name)?.value ?? Number.NaN;
    return { tasks: value('TaskDuration'), scripts: value('ScriptDuration') };
  }

  async close(): Promise<void> {
    await this.#browser.call('Target.closeTarget', { targetId: this.#target });
  }
}
