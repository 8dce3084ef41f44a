import { readFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';
import { type LockEntry, lockProblems } from './lock-problems.ts';

const lock = JSON.parse(readFileSync(new URL('../../package-lock.json', import.meta.url), 'utf8')) as {
  packages: Record<string, LockEntry>;
};

describe('package-lock.json', () => {
  it('holds every platform of every native package, from the registry, without install scripts', () => {
    expect(lockProblems(lock.packages)).toEqual([]);
  });

  it('covers Linux, macOS and Windows on x64 and arm64 for what the server and its build load', () => {
    const entries = Object.values(lock.packages);
    const native: [string, RegExp][] = [
      ['next', /^node_modules\/@next\/swc-/],
      ['libsql', /^node_modules\/@libsql\//],
      ['esbuild', /^node_modules\/@esbuild\//],
      ['argon2', /^node_modules\/@node-rs\/argon2-/],
      ['tailwind', /^node_modules\/@tailwindcss\/oxide-/],
      ['lightningcss', /^node_modules\/lightningcss-/],
    ];
    for (const [name, family] of native) {
      const members = Object.entries(lock.packages).filter(([path]) => family.test(path));
      for (const os of ['linux', 'darwin', 'win32']) {
        const held = members.filter(([, entry]) => entry.os?.includes(os) && entry.cpu?.includes('x64'));
        expect(held.length, `${name} on ${os} x64`).toBeGreaterThan(0);
      }
      for (const os of ['linux', 'darwin']) {
        const held = members.filter(([, entry]) => entry.os?.includes(os) && entry.cpu?.includes('arm64'));
        expect(held.length, `${name} on ${os} arm64`).toBeGreaterThan(0);
      }
    }
    expect(entries.length).toBeGreaterThan(100);
  });
});

describe('lockProblems', () => {
  const native = { version: '1.0.0', integrity: 'sha512-x', optionalDependencies: { '@native/linux': '1.0.0', '@native/darwin': '1.0.0' } };
  const linux = { version: '1.0.0', integrity: 'sha512-x', os: ['linux'], cpu: ['x64'] };

  it.each<[string, Record<string, LockEntry>]>([
    ['@native/darwin', { 'node_modules/native': native, 'node_modules/@native/linux': linux }],
    [
      '1.0.0',
      { 'node_modules/native': native, 'node_modules/@native/linux': linux, 'node_modules/@native/darwin': { ...linux, version: '2.0.0' } },
    ],
    ['integrity', { 'node_modules/a': { version: '1.0.0' } }],
    ['registry', { 'node_modules/a': { version: '1.0.0', integrity: 'sha512-x', resolved: 'https://example.com/a.tgz' } }],
    ['install script', { 'node_modules/a': { version: '1.0.0', integrity: 'sha512-x', hasInstallScript: true } }],
  ])('names %s', (named, packages) => {
    expect(lockProblems(packages).join('\n')).toContain(named);
  });

  it('finds a platform package beside the package that wants it as well as at the top', () => {
    const nested = {
      'node_modules/a/node_modules/native': native,
      'node_modules/a/node_modules/@native/linux': linux,
      'node_modules/@native/darwin': linux,
    };
    expect(lockProblems(nested)).toEqual([]);
  });
});
