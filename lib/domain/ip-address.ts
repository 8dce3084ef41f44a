/** An address as a number: 32 bits or 128. */
export interface IpAddress {
  version: 4 | 6;
  bits: bigint;
}

/** Strict forms only: four decimal parts without leading zeroes, or RFC 4291 text. Null for everything else. */
export function parseIp(text: string): IpAddress | null {
  const four = parseFour(text);
  if (four !== null) return { version: 4, bits: four };
  const six = parseSix(text.replace(/%[\w.-]+$/, ''));
  return six === null ? null : { version: 6, bits: six };
}

function parseFour(text: string): bigint | null {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255)) return null;
  return parts.reduce((bits, part) => (bits << 8n) | BigInt(part), 0n);
}

function parseSix(text: string): bigint | null {
  const halves = text.split('::');
  if (halves.length > 2) return null;
  const [head, tail] = halves.map(groupsOf);
  if (!head || (halves.length === 2 && !tail)) return null;
  const missing = 8 - head.length - (tail?.length ?? 0);
  if (tail ? missing < 1 : missing !== 0) return null;
  return [...head, ...Array<bigint>(missing).fill(0n), ...(tail ?? [])].reduce((bits, group) => (bits << 16n) | group, 0n);
}

/** The 16-bit groups of one side of `::`, whose last may be a dotted IPv4 address. */
function groupsOf(text: string): bigint[] | null {
  if (text === '') return [];
  const groups: bigint[] = [];
  const parts = text.split(':');
  for (const [index, part] of parts.entries()) {
    if (/^[0-9a-f]{1,4}$/i.test(part)) groups.push(BigInt(`0x${part}`));
    else {
      const four = index === parts.length - 1 ? parseFour(part) : null;
      if (four === null) return null;
      groups.push(four >> 16n, four & 0xffffn);
    }
  }
  return groups;
}

/** A block of addresses, such as `10.0.0.0/8`. */
export interface IpBlock extends IpAddress {
  prefix: number;
}

/** A block, or an address alone as a block of one. Null when it is neither. */
export function parseBlock(text: string): IpBlock | null {
  const [, ip = '', length] = /^([^/]*)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const address = parseIp(ip);
  if (!address) return null;
  const all = address.version === 4 ? 32 : 128;
  const prefix = length === undefined ? all : Number(length);
  return prefix > all ? null : { ...address, prefix };
}

export function isInBlock(address: IpAddress, block: IpBlock): boolean {
  if (address.version !== block.version) return false;
  const rest = BigInt((block.version === 4 ? 32 : 128) - block.prefix);
  return address.bits >> rest === block.bits >> rest;
}
