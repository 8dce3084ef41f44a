import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { allowedTarget, openAddresses, plainHost, readAllowedTargets, refusedAddress } from './address-guard.ts';
import { parseIp } from './ip-address.ts';

describe('addresses that nothing is sent to', () => {
  test.each([
    ['0.0.0.0', 'this machine'],
    ['0.1.2.3', 'this machine'],
    ['10.0.0.1', 'private'],
    ['10.255.255.255', 'private'],
    ['100.64.0.1', 'carrier-grade'],
    ['100.127.255.255', 'carrier-grade'],
    ['127.0.0.1', 'loopback'],
    ['127.255.255.254', 'loopback'],
    ['168.63.129.16', 'metadata'],
    ['169.254.169.254', 'metadata'],
    ['172.16.0.1', 'private'],
    ['172.31.255.255', 'private'],
    ['192.0.0.192', 'reserved'],
    ['192.0.2.1', 'documentation'],
    ['192.168.1.1', 'private'],
    ['198.19.255.255', 'benchmarks'],
    ['198.51.100.7', 'documentation'],
    ['203.0.113.7', 'documentation'],
    ['224.0.0.1', 'multicast'],
    ['239.255.255.255', 'multicast'],
    ['240.0.0.1', 'reserved'],
    ['255.255.255.255', 'broadcast'],
    ['::', 'this machine'],
    ['[::]', 'this machine'],
    ['::1', 'loopback'],
    ['0:0:0:0:0:0:0:1', 'loopback'],
    ['fc00::1', 'private'],
    ['fdff:ffff::1', 'private'],
    ['fd00:ec2::254', 'private'],
    ['fe80::1', 'link-local'],
    ['fe80::1%eth0', 'link-local'],
    ['febf::1', 'link-local'],
    ['fec0::1', 'private'],
    ['ff02::1', 'multicast'],
    ['100::1', 'goes nowhere'],
    ['2001:db8::1', 'documentation'],
    ['3fff::1', 'documentation'],
    ['2001:10::1', 'reserved'],
    ['4000::1', 'reserved'],
    ['::ffff:127.0.0.1', 'loopback address, written as IPv4-mapped'],
    ['::ffff:7f00:1', 'loopback address, written as IPv4-mapped'],
    ['::FFFF:A9FE:A9FE', 'metadata, written as IPv4-mapped'],
    ['::127.0.0.1', 'IPv4-compatible'],
    ['::8.8.8.8', 'IPv4-compatible'],
    ['::ffff:0:10.0.0.1', 'IPv4-translated'],
    ['64:ff9b::7f00:1', 'NAT64'],
    ['64:ff9b::169.254.169.254', 'NAT64'],
    ['64:ff9b:1::1', 'private'],
    ['2002:7f00:1::1', '6to4'],
    ['2002:a9fe:a9fe::', '6to4'],
    ['2001:0:4136:e378:8000:63bf:3fff:fdd2', 'Teredo'],
    ['2001::80ff:fffe', 'loopback address, written as Teredo'],
    ['localhost', 'no address'],
    ['127.1', 'no address'],
    ['', 'no address'],
    ['1.2.3.4.5', 'no address'],
    ['01.2.3.4', 'no address'],
  ])('%s: %s', (ip, why) => expect(refusedAddress(ip)).toContain(why));

  test.each([
    '1.1.1.1',
    '8.8.8.8',
    '9.255.255.255',
    '11.0.0.0',
    '100.63.255.255',
    '100.128.0.0',
    '128.0.0.1',
    '169.253.255.255',
    '172.15.255.255',
    '172.32.0.0',
    '192.167.255.255',
    '223.255.255.255',
    '2606:4700:4700::1111',
    '2001:4860:4860::8888',
    '::ffff:8.8.8.8',
    '64:ff9b::808:808',
    '2002:808:808::1',
  ])('%s is on the public internet', (ip) => expect(refusedAddress(ip)).toBeNull());

  test('the same IPv4 address is judged alike in every form that is routed', () => {
    fc.assert(
      fc.property(fc.ipV4(), (ip) => {
        const refused = refusedAddress(ip) !== null;
        const hex = Array.from({ length: 2 }, (_, half) =>
          ip
            .split('.')
            .map(Number)
            .slice(half * 2, half * 2 + 2)
            .reduce((bits, part) => bits * 256 + part, 0)
            .toString(16),
        ).join(':');
        for (const form of [`::ffff:${ip}`, `::ffff:${hex}`, `64:ff9b::${ip}`, `2002:${hex}::1`])
          expect(refusedAddress(form) !== null).toBe(refused);
      }),
    );
  });
});

describe('hosts as they are asked for', () => {
  test.each([
    ['2130706433', '127.0.0.1'],
    ['0x7f000001', '127.0.0.1'],
    ['0x7f.1', '127.0.0.1'],
    ['0177.0.0.1', '127.0.0.1'],
    ['017700000001', '127.0.0.1'],
    ['127.1', '127.0.0.1'],
    ['127.0.1', '127.0.0.1'],
    ['127.0.0.1.', '127.0.0.1'],
    ['0', '0.0.0.0'],
    ['１２７.0.0.1', '127.0.0.1'],
    ['127。0。0。1', '127.0.0.1'],
    ['[::]', '::'],
    ['::1', '::1'],
    ['[::ffff:127.0.0.1]', '::ffff:7f00:1'],
    ['LOCALHOST.', 'localhost'],
    ['Bücher.example', 'xn--bcher-kva.example'],
    ['mail.example', 'mail.example'],
  ])('%s is %s', (host, plain) => expect(plainHost(host)).toBe(plain));

  test.each(['', 'a b', 'user@host', 'host/path', 'host:25', 'host?', 'host\\x', '256.1.1.1', '1.2.3.4.5', 'a\r\nb'])(
    '%j is none',
    (host) => expect(plainHost(host)).toBeNull(),
  );

  test('a host written twice is the same host, and an address among them parses', () => {
    fc.assert(
      fc.property(fc.string(), (host) => {
        const plain = plainHost(host);
        if (plain !== null && !/^xn--/.test(plain)) expect(plainHost(plain)).toBe(plain);
      }),
      { examples: [['.'], ['a..'], ['%2e'], ['..'], ['0x7f..'], ['.a']], numRuns: 300 },
    );
  });
});

describe('what the setting allows', () => {
  const allowed = readAllowedTargets(' mail.example, 10.1.0.0/16,127.0.0.1 , fd00::/8, Bücher.example., not a host, 10.0.0.0/33 ');

  test('reads hosts, addresses and blocks, and names what is none', () => {
    expect([...allowed.hosts]).toEqual(['mail.example', 'xn--bcher-kva.example']);
    expect(allowed.blocks).toHaveLength(3);
    expect(allowed.wrong).toEqual(['not a host', '10.0.0.0/33']);
  });

  test.each([
    ['mail.example', '10.9.9.9', true],
    ['other.example', '10.1.2.3', true],
    ['other.example', '10.2.0.1', false],
    ['127.0.0.1', '127.0.0.1', true],
    ['localhost', '127.0.0.2', false],
    ['x.example', 'fd12::1', true],
    ['x.example', '::1', false],
  ])('%s at %s: %s', (host, ip, ok) => expect(allowedTarget(allowed, host, ip)).toBe(ok));

  test('of several addresses those stay that may be connected to', () => {
    expect(openAddresses(allowed, 'x.example', ['10.2.0.1', '10.1.2.3', '8.8.8.8'], 'Canvas')).toEqual(['10.1.2.3', '8.8.8.8']);
    expect(openAddresses(allowed, 'mail.example', ['127.0.0.1'], 'Canvas')).toEqual(['127.0.0.1']);
  });

  test.each([
    [
      'hooks.example',
      ['10.0.0.1', '::1'],
      'forbidden',
      'Atlas does not send to hooks.example (10.0.0.1): it is a private address. If that is where it should go, name hooks.example in CANVAS_ALLOWED_TARGETS and start Atlas again.',
    ],
    ['::1', ['::1'], 'forbidden', 'Atlas does not send to ::1: it is a loopback address'],
    ['empty.example', [], 'upstream_unreachable', 'empty.example has no address.'],
  ])('the refusal of %s says what was refused, why, and which setting lets it through', (host, found, code, message) => {
    expect(() => openAddresses(allowed, host, found, 'Atlas')).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(message) }),
    );
  });
});

test('an address is read in strict forms only', () => {
  for (const text of ['1::2::3', ':::', '1:2:3:4:5:6:7', '1:2:3:4:5:6:7:8:9', '12345::', '::1.2.3', 'g::', '1:2:3:4:5:6:7::8']) {
    expect(parseIp(text), text).toBeNull();
  }
  expect(parseIp('1:2:3:4:5:6:1.2.3.4')?.version).toBe(6);
});
