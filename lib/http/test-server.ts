import type { AddressInfo } from 'node:net';
import type { ErrorBody } from '#lib/contract/errors.ts';
import type { SignIn } from '#lib/platform/sign-in.ts';
import { TestPlatform } from '#lib/platform/test-platform.ts';
import type { CallerPolicy } from './caller.ts';
import { createLogger } from './logger.ts';
import { mountPages, type PageHandler } from './pages.ts';
import { buildServer, type CanvasServer } from './server.ts';
import type { StaticFiles } from './static-files.ts';

export interface Answer<T = unknown> {
  status: number;
  headers: Headers;
  body: T;
  text: string;
}

export interface Asked {
  token?: string | undefined;
  headers?: Record<string, string>;
  body?: unknown;
}

/** Test support: the real server on a real port, over a real platform on a real SQLite file; only its clock is the test's. */
export class TestServer {
  readonly platform = new TestPlatform();
  readonly lines: string[] = [];
  server!: CanvasServer;
  url = '';

  async open(
    options: {
      policy?: Partial<CallerPolicy>;
      signIn?: SignIn;
      handle?: PageHandler;
      files?: StaticFiles;
      serviceWorker?: string;
      logLevel?: string;
      signInFree?: boolean;
      pingEveryMs?: number;
    } = {},
  ): Promise<this> {
    await this.platform.open();
    if (options.signInFree === false) this.platform.deps.options.signInFree = false;
    const policy: CallerPolicy = {
      loopback: true,
      allowedHosts: [],
      publicUrl: undefined,
      signIn: options.signIn ?? null,
      ...options.policy,
    };
    const { deps, store } = this.platform;
    this.server = buildServer({
      deps,
      policy,
      logger: createLogger(options.logLevel ?? 'debug', { write: (line) => this.lines.push(line) }),
      build: { version: '0.0.0', commit: null },
      ready: () => store.ping(),
      ...(options.pingEveryMs === undefined ? {} : { pingEveryMs: options.pingEveryMs }),
    });
    if (options.handle)
      mountPages(this.server.app, {
        deps,
        policy,
        guard: this.server.guard,
        log: this.server.log,
        files: options.files ?? null,
        serviceWorker: options.serviceWorker ?? '',
        handle: options.handle,
        dev: false,
      });
    await this.server.app.listen({ host: '127.0.0.1', port: 0 });
    this.url = `http://127.0.0.1:${this.port}`;
    return this;
  }

  get port(): number {
    return (this.server.app.server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    await this.server.app.close();
    await this.platform.close();
    this.platform.removeFolder();
  }

  /** `route`: `"GET /workspaces?page"`. */
  async ask<T = unknown>(route: string, { token, headers, body }: Asked = {}): Promise<Answer<T>> {
    const [method = '', path = ''] = route.split(' ');
    const response = await fetch(`${this.url}${path}`, {
      method,
      redirect: 'manual',
      headers: {
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      body: body === undefined ? null : typeof body === 'string' ? body : JSON.stringify(body),
    });
    const text = await response.text();
    const json = response.headers.get('content-type')?.startsWith('application/json') && text !== '';
    return { status: response.status, headers: response.headers, body: (json ? JSON.parse(text) : text) as T, text };
  }

  /** The same for a refusal: its body has the shape of every refusal. */
  refusal(route: string, asked: Asked = {}): Promise<Answer<ErrorBody>> {
    return this.ask<ErrorBody>(route, asked);
  }

  workspace(name: string): Promise<{ id: string; token: string }> {
    return this.platform.workspace(name);
  }

  beat({ id, token }: { id: string; token: string }, more: Record<string, unknown> = {}): Promise<Answer<ErrorBody>> {
    return this.refusal('POST /registry/heartbeat', {
      token,
      body: { workspace_id: id, uptime_seconds: 10, runtime_metadata: {}, ...more },
    });
  }
}
