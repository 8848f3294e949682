import { type LookupAddress, lookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { isPrivateAddress } from './private-address.ts';

/** A name led to an address that must not be posted to. */
export class PrivateAddressError extends Error {
  constructor(hostname: string, address: string) {
    super(`${hostname} leads to ${address}, which is private`);
    this.name = 'PrivateAddressError';
  }
}

/** Looks up all addresses of a name; the machine's own way unless a test brings another. */
export type LookUpAll = (hostname: string) => Promise<readonly LookupAddress[]>;

/**
 * A look-up for one connection that fails when any address of the name is private. It is made by
 * the connection itself, so what was checked is what is connected to: a name that led elsewhere a
 * moment ago (DNS rebinding) gains nothing.
 */
export function publicLookup(lookUpAll: LookUpAll = systemLookup): LookupFunction {
  return (hostname, options, callback) => {
    lookUpAll(hostname).then(
      (addresses) => {
        const inside = addresses.find(({ address }) => isPrivateAddress(address));
        const [first] = addresses;
        if (inside !== undefined || first === undefined) {
          callback(new PrivateAddressError(hostname, inside?.address ?? 'nowhere'), '');
        } else if (options.all) callback(null, [...addresses]);
        else callback(null, first.address, first.family);
      },
      (error: NodeJS.ErrnoException) => callback(error, ''),
    );
  };
}

function systemLookup(hostname: string): Promise<LookupAddress[]> {
  return new Promise((resolve, reject) => {
    lookup(hostname, { all: true }, (error, addresses) => {
      if (error) reject(error);
      else resolve(addresses);
    });
  });
}
