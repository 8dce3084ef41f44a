import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { StaticFiles } from './static-files.ts';
import { TestServer } from './test-server.ts';

const SCRIPT = 'console.log("a line of a script");\n'.repeat(500);
const folder = mkdtempSync(join(tmpdir(), 'canvas-static-'));
let canvas: TestServer;

beforeAll(async () => {
  mkdirSync(join(folder, 'static', 'chunks'), { recursive: true });
  writeFileSync(join(folder, 'static', 'chunks', 'a.js'), SCRIPT);
  writeFileSync(join(folder, 'static', 'font.woff2'), SCRIPT);
  writeFileSync(join(folder, 'secret.json'), '{}');
  canvas = await new TestServer().open({
    files: new StaticFiles(join(folder, 'static')),
    handle: async (_request, response) => {
      response.statusCode = 404;
      response.end('the renderer was asked');
    },
  });
});
afterAll(async () => {
  await canvas.close();
  rmSync(folder, { recursive: true });
});

/** Without fetch, which would decompress, and would tidy the path up before it asks. */
function ask(path: string, encoding = '', method = 'GET') {
  return new Promise<{ status: number; headers: Record<string, unknown>; body: Buffer }>((resolve) => {
    get({ port: canvas.port, host: '127.0.0.1', path, method, headers: { 'accept-encoding': encoding } }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) }));
    });
  });
}

test('are kept by browsers for ever and sent as small as the browser takes them', async () => {
  const br = await ask('/_next/static/chunks/a.js?dpl=1', 'gzip, deflate, br, zstd');
  expect(br.headers).toMatchObject({
    'content-encoding': 'br',
    'content-type': 'text/javascript; charset=utf-8',
    'cache-control': 'public, max-age=31536000, immutable',
    vary: 'accept-encoding',
    'x-content-type-options': 'nosniff',
  });
  expect(brotliDecompressSync(br.body).toString()).toBe(SCRIPT);
  expect(br.body.length).toBeLessThan(SCRIPT.length / 10);
  const gzip = await ask('/_next/static/chunks/a.js', 'br;q=0, gzip');
  expect([gzip.headers['content-encoding'], gunzipSync(gzip.body).toString()]).toEqual(['gzip', SCRIPT]);
  const plain = await ask('/_next/static/chunks/a.js');
  expect([plain.headers['content-encoding'], plain.body.toString()]).toEqual([undefined, SCRIPT]);
});

test('that are compressed already are sent as they are', async () => {
  const font = await ask('/_next/static/font.woff2', 'br');
  expect([font.headers['content-encoding'], font.headers['content-type'], font.body.length]).toEqual([
    undefined,
    'font/woff2',
    SCRIPT.length,
  ]);
});

test('asked for by HEAD have no body', async () => {
  const head = await ask('/_next/static/chunks/a.js', '', 'HEAD');
  expect([head.status, head.headers['content-length'], head.body.length]).toEqual([200, String(SCRIPT.length), 0]);
});

test.each([
  '/_next/static/../secret.json',
  '/_next/static/%2e%2e/secret.json',
  '/_next/static/chunks',
  '/_next/static/',
  '/_next/static/none.js',
  '/_next/static/chunks\\a.js',
])('%s is none of them', async (path) => {
  const answer = await ask(path);
  expect([answer.status, answer.body.toString()]).toEqual([404, 'the renderer was asked']);
});

test('a script that runs as a worker may load scripts of this site, and nothing else', async () => {
  const policy = async (path: string) => (await ask(path)).headers['content-security-policy'];
  expect(await policy('/_next/static/chunks/a.js')).toBe("default-src 'none'; script-src 'self'; frame-ancestors 'none'");
  expect(await policy('/_next/static/font.woff2')).toBe("default-src 'none'; frame-ancestors 'none'");
});
