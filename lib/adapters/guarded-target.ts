import { lookup } from 'node:dns';
import { isIPv6, type LookupFunction } from 'node:net';
import { CanvasError } from '#lib/contract/errors.ts';
import { type AllowedTargets, openAddresses, plainHost } from '#lib/domain/address-guard.ts';
import { parseIp } from '#lib/domain/ip-address.ts';

/** What a name stands for now. */
export type Resolve = (host: string) => Promise<string[]>;

const system: Resolve = (host) =>
  new Promise((resolve, reject) => {
    lookup(host, { all: true }, (error, found) => (error ? reject(error) : resolve(found.map(({ address }) => address))));
  });

/** Stands for a name: the connection goes to what was judged and to nothing else. */
export function lookupOf(addresses: readonly string[]): LookupFunction {
  const found = addresses.map((address) => ({ address, family: isIPv6(address) ? 6 : 4 }));
  return (_host, options, done) => {
    if (options.all) done(null, found);
    else done(null, found[0]?.address ?? '', found[0]?.family);
  };
}

/**
 * Decides where Canvas may connect to. Whoever connects must use the addresses that it answers with, and not ask for the
 * name again: a name can stand for another address a moment later (DNS rebinding).
 */
export class TargetGuard {
  readonly #allowed: AllowedTargets;
  readonly #resolve: Resolve;

  constructor(allowed: AllowedTargets, resolve: Resolve = system) {
    this.#allowed = allowed;
    this.#resolve = resolve;
  }

  /**
   * The addresses of a host that may be connected to, at least one.
   *
   * @throws CanvasError `bad_request` (no host), `forbidden` (none of its addresses may be), `upstream_unreachable` (not found)
   */
  async addressesOf(host: string): Promise<string[]> {
    const plain = plainHost(host);
    if (plain === null) throw new CanvasError('bad_request', `${JSON.stringify(host.slice(0, 100))} is no host name and no address.`);
    return openAddresses(this.#allowed, plain, parseIp(plain) ? [plain] : await this.#find(plain), 'Canvas');
  }

  /**
   * Refuses with `forbidden` what may not be sent to. A name that is not found now passes when Canvas connects by itself, and
   * looks again then; `mustBeFound` refuses it: where somebody else connects, it may stand for something inside their network.
   */
  async check(host: string, mustBeFound = false): Promise<void> {
    await this.addressesOf(host).catch((thrown: CanvasError) => {
      if (thrown.code !== 'upstream_unreachable') throw thrown;
      if (mustBeFound) throw new CanvasError('forbidden', `${thrown.message} What Canvas does not find, it cannot judge.`);
    });
  }

  async #find(host: string): Promise<string[]> {
    try {
      return await this.#resolve(host);
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? 'unknown';
      throw new CanvasError('upstream_unreachable', `${host} was not found (${code}). Check the name.`);
    }
  }
}
