import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readEnv } from '#lib/env.ts';
import { startErrorText } from '#lib/start-error.ts';
import { openStore } from '#lib/store/open-store.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'canvas-start-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const why = async (work: () => unknown) => {
  try {
    await work();
    return 'it started';
  } catch (thrown) {
    return startErrorText(thrown, readEnv({ PORT: '3000' }));
  }
};
const listen = async (port: number, host: string) => {
  const server = createServer().listen(port, host);
  await once(server, 'listening');
  return server;
};

describe('why Canvas could not start, in one line', () => {
  test('a port that is taken', async () => {
    const other = await listen(0, '127.0.0.1');
    const { port } = other.address() as { port: number };
    expect(await why(() => listen(port, '127.0.0.1'))).toMatch(/^Port 3000 on 127\.0\.0\.1 is taken by another program.*PORT=3001/);
    other.close();
  });

  test('a HOST that is not this machine', async () => {
    expect(await why(() => listen(0, '192.0.2.1'))).toMatch(/^HOST=127\.0\.0\.1 PORT=3000 is no address of this machine/);
    expect(await why(() => listen(0, 'nowhere.invalid'))).toMatch(/is no address of this machine/);
  });

  test('a data folder that cannot be one', async () => {
    const file = join(folder, 'file');
    writeFileSync(file, '');
    expect(await why(() => openStore({ dataDir: join(file, 'data') }))).toMatch(/data folder .* cannot be used .*CANVAS_DATA_DIR/);
  });

  test('a database that refuses, without its password', async () => {
    const said = await why(() => openStore({ dataDir: folder, databaseUrl: 'postgres://canvas:hunter22@127.0.0.1:1/canvas' }));
    expect(said).toMatch(/PostgreSQL at .* refused the connection/);
    expect(said).not.toContain('hunter22');
  });

  test('an environment that is not usable, without the secrets in it', async () => {
    expect(await why(() => readEnv({ PORT: 'x', HOST: 'a b' }))).toMatch(
      /^the environment is not usable: PORT .*; HOST must be a host name[^\n]*$/,
    );
    expect(await why(() => readEnv({ DATABASE_URL: 'mysql://u:hunter22@host/x' }))).toMatch(
      /DATABASE_URL must begin with postgres:.*\[hidden\]/,
    );
    expect(await why(() => readEnv({ CANVAS_PUBLIC_URL: 'https://canvas.example/path' }))).toMatch(
      /CANVAS_PUBLIC_URL must be scheme, host and port alone/,
    );
    expect(await why(() => readEnv({ CANVAS_ALLOWED_TARGETS: 'mail.example, 10.0.0.0/99' }))).toMatch(
      /CANVAS_ALLOWED_TARGETS must be hosts, addresses or blocks such as .* \(it is "mail.example, 10.0.0.0\/99"\)/,
    );
    expect([...readEnv({ CANVAS_ALLOWED_TARGETS: 'mail.example, 10.0.0.0/8' }).allowedTargets.hosts]).toEqual(['mail.example']);
  });
});

test.each([
  [{}, false],
  [{ HOST: '::1' }, false],
  [{ HOST: 'localhost', CANVAS_PUBLIC_URL: 'http://localhost:8080' }, false],
  [{ HOST: '0.0.0.0' }, true],
  [{ HOST: '::' }, true],
  [{ HOST: '192.168.1.5' }, true],
  [{ CANVAS_PUBLIC_URL: 'https://canvas.example' }, true],
  [{ CANVAS_ALLOWED_HOSTS: 'canvas.lan' }, true],
  [{ CANVAS_ALLOWED_HOSTS: '127.0.0.1, localhost' }, false],
])('%o: people sign in: %s', (source, signIn) => {
  expect(readEnv(source).signIn).toBe(signIn);
});
