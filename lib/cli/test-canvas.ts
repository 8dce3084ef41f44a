import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));

interface Answer {
  status: number;
  body: unknown;
}
interface Heard {
  route: string;
  authorization: string | undefined;
  body: unknown;
}

/** Test support: an HTTP server that answers as it is told. The last answer of a route is repeated. */
export class TestCanvas {
  readonly heard: Heard[] = [];
  readonly #answers = new Map<string, Answer[]>();
  readonly #server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString('utf8');
      const route = `${request.method} ${request.url}`;
      this.heard.push({ route, authorization: request.headers.authorization, body: text === '' ? null : JSON.parse(text) });
      const answers = this.#answers.get(route) ?? [];
      const answer = (answers.length > 1 ? answers.shift() : answers[0]) ?? {
        status: 404,
        body: { error: `no ${route}`, code: 'not_found' },
      };
      if (answer.status === 0) {
        request.socket.destroy();
        return;
      }
      response.writeHead(answer.status, { 'content-type': 'application/json' });
      response.end(typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body));
    });
  });

  async open(): Promise<this> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return this;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** `answers`: bodies of a 200, or a status with its body; status 0 hangs up. */
  on(route: string, ...answers: (unknown | Answer)[]): this {
    const whole = answers.map((answer) =>
      typeof answer === 'object' && answer !== null && 'status' in answer && 'body' in answer
        ? (answer as Answer)
        : { status: 200, body: answer },
    );
    this.#answers.set(route, whole);
    return this;
  }

  async close(): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, 'close');
  }
}

export interface Ran {
  code: number | null;
  out: string;
  err: string;
}

/** Test support: the `canvas` command as it is shipped, one file, run as a process of its own. */
export class CanvasCommand {
  readonly #folder = mkdtempSync(join(tmpdir(), 'canvas-cli-'));
  readonly #file = join(this.#folder, 'canvas.mjs');

  constructor() {
    const options = {
      entryPoints: [join(here, 'main.ts')],
      outfile: this.#file,
      bundle: true,
      format: 'esm',
      platform: 'node',
      target: 'node20',
      logLevel: 'error',
    };
    const script = `import { buildSync } from 'esbuild'; buildSync(${JSON.stringify(options)});`;
    execFileSync(process.execPath, ['--input-type=module', '-e', script], { cwd: join(here, '..', '..'), stdio: 'inherit' });
  }

  /** With nothing of our environment but the search path and what is given. */
  async run(args: readonly string[], environment: Record<string, string> = {}): Promise<Ran> {
    const env = { PATH: process.env['PATH'] ?? '', TZ: 'UTC', ...environment } as unknown as NodeJS.ProcessEnv;
    const child = spawn(process.execPath, [this.#file, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    const ran: Ran = { code: null, out: '', err: '' };
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      ran.out += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      ran.err += text;
    });
    const [code] = await once(child, 'close');
    return { ...ran, code: code as number | null };
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
