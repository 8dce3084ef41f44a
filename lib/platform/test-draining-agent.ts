import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { InFlightTask } from '#lib/contract/heartbeat.ts';
import { aSnapshot } from '#lib/store/test-snapshots.ts';
import { authenticate } from './authenticate.ts';
import { register } from './registry-verbs.ts';
import type { TestPlatform } from './test-platform.ts';

export interface Asked {
  method: string;
  url: string;
  headers: IncomingHttpHeaders;
  body: unknown;
}

/** What is answered; null: nothing, ever. */
export type Answer = { status: number; body: unknown } | null;

/**
 * Test support: a real HTTP server that drains as a runtime does. It beats only when the test says so, and is another
 * process after `reboot`.
 */
export class DrainingAgent {
  readonly asked: Asked[] = [];
  boot: string | null = 'boot-1';
  tasks: InFlightTask[] = [];
  /** The run that it drains for, and for how long it may. */
  draining: { run_id: string; seconds: number | null } | null = null;
  session = 'session-1';
  /** Answers in place of what a runtime would. */
  answer: (asked: Asked) => Answer | undefined = () => undefined;
  #uptime = 100;
  readonly #server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString('utf8');
      const { method = '', url = '', headers } = request;
      const asked = { method, url, headers, body: text === '' ? null : (JSON.parse(text) as unknown) };
      this.asked.push(asked);
      const given = this.answer(asked);
      const answer = given === undefined ? this.#usual(asked) : given;
      if (answer === null) return;
      response.writeHead(answer.status, { 'content-type': 'application/json' });
      response.end(typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body));
    });
  });

  async open(host = '127.0.0.1'): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, host, resolve));
    return this;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    if (this.#server.listening) await new Promise((resolve) => this.#server.close(resolve));
  }

  signals(): string[] {
    return this.asked.filter(({ method }) => method === 'POST').map(({ url }) => url.replace(/^.*\//, ''));
  }

  async register(canvas: TestPlatform, to: { id: string; token: string }, url = this.url): Promise<void> {
    const actor = await authenticate(canvas.deps, to.token);
    await register(canvas.deps, actor, { id: to.id, url, agent_card: { name: 'x' }, join_code: null });
  }

  /** A full beat as its runtime would send it now. */
  async beat(canvas: TestPlatform, to: { id: string; token: string }, more: Record<string, unknown> = {}): Promise<void> {
    const { draining, tasks } = this;
    const state = tasks.length === 0 ? 'drained' : 'draining';
    this.#uptime += 1;
    await canvas.beat(to, {
      active_tasks: tasks.length,
      uptime_seconds: this.#uptime,
      ...(this.boot === null ? {} : { boot_id: this.boot }),
      ...(draining ? { drain: { run_id: draining.run_id, state, in_flight: tasks } } : {}),
      ...more,
    });
  }

  /** Ends, and somebody starts it again. */
  reboot(boot: string | null): void {
    this.boot = boot;
    this.tasks = [];
    this.draining = null;
    this.#uptime = 0;
  }

  #usual({ method, url, body }: Asked): Answer {
    const { id, params } = (body ?? {}) as {
      id?: unknown;
      params?: { run_id: string; drain_seconds: number | null; workspace_id: string };
    };
    if (method === 'POST' && url === '/signals/restart_pending' && params) {
      this.draining = { run_id: params.run_id, seconds: params.drain_seconds };
      return { status: 200, body: { jsonrpc: '2.0', id, result: { acknowledged: true, in_flight: this.tasks } } };
    }
    if (method === 'POST' && url === '/signals/restart_cancelled' && params) {
      const reopened = this.draining?.run_id === params.run_id;
      if (reopened) this.draining = null;
      return { status: 200, body: { jsonrpc: '2.0', id, result: { reopened } } };
    }
    if (method === 'GET' && url === '/signals/snapshot') return { status: 200, body: this.snapshot() };
    return { status: 404, body: { error: 'nothing here' } };
  }

  /** Of whom it speaks is put in by the test. */
  workspaceId = '';
  snapshot() {
    return aSnapshot({ workspace_id: this.workspaceId, boot_id: this.boot ?? '', session_id: this.session });
  }
}
