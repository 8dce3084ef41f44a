import { CanvasError } from '#lib/contract/errors.ts';
import { type IpAddress, type IpBlock, isInBlock, parseBlock, parseIp } from './ip-address.ts';

/** Where Canvas does not send anything of its own accord: IANA's special-purpose registries, and the words for them. */
const REFUSED: readonly [block: string, why: string][] = [
  ['0.0.0.0/8', 'it means this machine'],
  ['10.0.0.0/8', 'it is a private address'],
  ['100.64.0.0/10', 'it is an address inside a provider (carrier-grade NAT)'],
  ['127.0.0.0/8', 'it is a loopback address'],
  ['169.254.0.0/16', 'it is a link-local address, where clouds answer for their metadata'],
  ['172.16.0.0/12', 'it is a private address'],
  ['192.0.0.0/24', 'it is reserved'],
  ['192.0.2.0/24', 'it is for documentation'],
  ['192.88.99.0/24', 'it is a retired relay address'],
  ['192.168.0.0/16', 'it is a private address'],
  ['198.18.0.0/15', 'it is for benchmarks'],
  ['198.51.100.0/24', 'it is for documentation'],
  ['203.0.113.0/24', 'it is for documentation'],
  ['224.0.0.0/4', 'it is a multicast address'],
  ['255.255.255.255/32', 'it is the broadcast address'],
  ['240.0.0.0/4', 'it is reserved'],
  // Azure answers for its metadata and host agent on this public-looking one.
  ['168.63.129.16/32', 'it is where a cloud answers for its metadata'],
  ['::/128', 'it means this machine'],
  ['::1/128', 'it is a loopback address'],
  ['fc00::/7', 'it is a private address'],
  ['fe80::/10', 'it is a link-local address'],
  ['fec0::/10', 'it is a private address'],
  ['ff00::/8', 'it is a multicast address'],
  ['100::/64', 'it goes nowhere'],
  ['2001:db8::/32', 'it is for documentation'],
  ['3fff::/20', 'it is for documentation'],
  ['2001::/23', 'it is reserved'],
  ['5f00::/16', 'it is reserved'],
  ['64:ff9b:1::/48', 'it is a private address'],
];
const BLOCKS = REFUSED.map(([text, why]) => ({ block: blockOf(text), why }));

/**
 * IPv6 forms that hold an IPv4 address, and how far it stands from the right. Teredo holds its client's inverted. What
 * is not routed is refused whatever it holds.
 */
const HOLDS_FOUR: readonly { block: IpBlock; shift: bigint; name: string; routed: boolean; inverted?: true }[] = [
  { block: blockOf('::ffff:0:0/96'), shift: 0n, name: 'IPv4-mapped', routed: true },
  { block: blockOf('64:ff9b::/96'), shift: 0n, name: 'NAT64', routed: true },
  { block: blockOf('2002::/16'), shift: 80n, name: '6to4', routed: true },
  { block: blockOf('::ffff:0:0:0/96'), shift: 0n, name: 'IPv4-translated', routed: false },
  { block: blockOf('::/96'), shift: 0n, name: 'IPv4-compatible', routed: false },
  { block: blockOf('2001::/32'), shift: 0n, name: 'Teredo', routed: false, inverted: true },
];
/** What is routed at all. */
const GLOBAL = blockOf('2000::/3');

/**
 * Why nothing may be sent to an address: it is not on the public internet. Null: it may. Takes addresses as a resolver
 * or a parsed URL writes them; what is no address at all is refused too. An IPv6 address that carries an IPv4 one is
 * judged by the one inside.
 */
export function refusedAddress(ip: string): string | null {
  const address = parseIp(ip.replace(/^\[(.*)\]$/, '$1'));
  return address ? refusal(address) : 'it is no address';
}

function refusal(address: IpAddress): string | null {
  const exact = BLOCKS.find(({ block }) => block.prefix === 128 && isInBlock(address, block));
  if (exact) return exact.why;
  const holder = HOLDS_FOUR.find(({ block }) => isInBlock(address, block));
  if (holder) {
    const bits = (address.bits >> holder.shift) & 0xffffffffn;
    const inside = refusal({ version: 4, bits: holder.inverted ? bits ^ 0xffffffffn : bits });
    if (inside) return `${inside}, written as ${holder.name} IPv6`;
    return holder.routed ? null : `it is a retired form (${holder.name}) that is not routed`;
  }
  const found = BLOCKS.find(({ block }) => isInBlock(address, block));
  if (found) return found.why;
  return address.version === 6 && !isInBlock(address, GLOBAL) ? 'it is reserved' : null;
}

function blockOf(text: string): IpBlock {
  const block = parseBlock(text);
  if (!block) throw new RangeError(`no block of addresses: ${text}`);
  return block;
}

/**
 * A host as URLs write it after reading: lower case, punycode, and every odd form of an IPv4 address (decimal, octal,
 * hexadecimal, short, with a trailing dot) as four numbers; IPv6 without brackets; names without their last dot. Null: no host.
 */
export function plainHost(host: string): string | null {
  const bare = host.replace(/^\[(.*)\]$/, '$1');
  const text = parseIp(bare)?.version === 6 ? `[${bare.replace(/%.*$/, '')}]` : host;
  if (text === '' || /[/?#@\\\s]|:(?![^[]*\])/.test(text)) return null;
  const written = `http://${text}/`;
  if (!URL.canParse(written)) return null;
  const plain = new URL(written).hostname.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '');
  // No part of a name is empty: with one dot less it would be read as another one.
  return plain.split('.').includes('') ? null : plain;
}

/** What an operator lets Canvas send to although it is not on the public internet. */
export interface AllowedTargets {
  hosts: ReadonlySet<string>;
  blocks: readonly IpBlock[];
}

/** Reads the setting: hosts, addresses and blocks, comma-separated. `wrong` names what is none of these. */
export function readAllowedTargets(text: string): AllowedTargets & { wrong: string[] } {
  const hosts = new Set<string>();
  const blocks: IpBlock[] = [];
  const wrong: string[] = [];
  for (const entry of text.split(',').map((part) => part.trim())) {
    if (entry === '') continue;
    const block = parseBlock(entry.replace(/^\[(.*)\]$/, '$1'));
    const host = block || entry.includes('/') ? null : plainHost(entry);
    if (block) blocks.push(block);
    else if (host !== null) hosts.add(host);
    else wrong.push(entry);
  }
  return { hosts, blocks, wrong };
}

/** Whether the setting lets Canvas send to `ip`, which `host` (as `plainHost` writes it) stands for. */
export function allowedTarget(allowed: AllowedTargets, host: string, ip: string): boolean {
  if (allowed.hosts.has(host)) return true;
  const address = parseIp(ip);
  return address !== null && allowed.blocks.some((block) => isInBlock(address, block));
}

/**
 * Those of a host's addresses that may be connected to, at least one. `host` stands as `plainHost` writes it; `speaker` is
 * who would send, for the sentence of the refusal.
 *
 * @throws CanvasError `upstream_unreachable` (it has no address), `forbidden` (none of them may be)
 */
export function openAddresses(allowed: AllowedTargets, host: string, found: readonly string[], speaker: string): string[] {
  const [first] = found;
  if (first === undefined) throw new CanvasError('upstream_unreachable', `${host} has no address.`);
  const open = found.filter((ip) => refusedAddress(ip) === null || allowedTarget(allowed, host, ip));
  if (open.length > 0) return open;
  const named = host === first ? first : `${host} (${first})`;
  throw new CanvasError(
    'forbidden',
    `${speaker} does not send to ${named}: ${refusedAddress(first)}. If that is where it should go, name ${host} in CANVAS_ALLOWED_TARGETS and start ${speaker} again.`,
  );
}
