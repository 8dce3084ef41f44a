import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Credentials } from './credentials.ts';
import { preparePrivateFolder, readTextFile, writePrivateFile } from './private-file.ts';
import { testFolders } from './test-folder.ts';

const newFolder = testFolders();
const modeOf = (path: string) => statSync(path).mode & 0o777;

test('token and secret are for their owner only, and nothing is left beside them', async () => {
  const folder = join(newFolder(), 'workspace');
  await preparePrivateFolder(folder);
  const credentials = new Credentials(folder);
  await credentials.load();
  expect([credentials.token, credentials.inboundSecret]).toEqual([null, null]);
  await credentials.storeToken('token-one');
  await credentials.storeInboundSecret('secret-one');
  expect(modeOf(folder)).toBe(0o700);
  expect(readdirSync(folder).sort()).toEqual(['.auth_token', '.inbound_secret']);
  expect(modeOf(join(folder, '.auth_token'))).toBe(0o600);
  expect(modeOf(join(folder, '.inbound_secret'))).toBe(0o600);
  const again = new Credentials(folder);
  await again.load();
  expect([again.token, again.inboundSecret]).toEqual(['token-one', 'secret-one']);
});

test('a file that was open to others is closed by the next write', async () => {
  const path = join(newFolder(), 'file');
  writeFileSync(path, 'old', { mode: 0o644 });
  await writePrivateFile(path, 'new');
  expect([modeOf(path), readFileSync(path, 'utf8')]).toEqual([0o600, 'new']);
});

test('a secret that did not change is not written again', async () => {
  const folder = newFolder();
  const credentials = new Credentials(folder);
  await credentials.storeInboundSecret('secret-one');
  const before = statSync(join(folder, '.inbound_secret')).ino;
  await credentials.storeInboundSecret('secret-one');
  expect(statSync(join(folder, '.inbound_secret')).ino).toBe(before);
  await credentials.storeInboundSecret('secret-two');
  expect(statSync(join(folder, '.inbound_secret')).ino).not.toBe(before);
});

test('a token that somebody else wrote is seen at the next reading', async () => {
  const folder = newFolder();
  const credentials = new Credentials(folder);
  await credentials.load();
  writeFileSync(join(folder, '.auth_token'), '  rotated \n');
  expect(await credentials.rereadToken()).toBe('rotated');
});

test('a reader never sees half a file while it is replaced', async () => {
  const path = join(newFolder(), 'file');
  const texts = ['a'.repeat(200_000), 'b'.repeat(200_000)];
  await writePrivateFile(path, texts[0] ?? '');
  let writing = true;
  const writer = (async () => {
    for (let round = 0; round < 20; round += 1) await writePrivateFile(path, texts[round % 2] ?? '');
    writing = false;
  })();
  let reads = 0;
  while (writing) {
    expect(texts).toContain(await readTextFile(path));
    reads += 1;
  }
  await writer;
  expect(reads).toBeGreaterThan(0);
});

test('a write that fails leaves the old file and nothing beside it', async () => {
  const folder = newFolder();
  await expect(writePrivateFile(join(folder, 'missing', 'file'), 'x')).rejects.toMatchObject({ code: 'ENOENT' });
  expect(readdirSync(folder)).toEqual([]);
});
