import { BlockList, isIP } from 'node:net';

/**
 * Addresses that only something inside can mean: this machine, its networks, a cloud's metadata
 * service (169.254.169.254). After IANA's registries of special-purpose addresses (RFC 6890).
 */
const INSIDE = new BlockList();
for (const [prefix, bits] of [
  ['0.0.0.0', 8], // this network; 0.0.0.0 reaches this machine
  ['10.0.0.0', 8],
  ['100.64.0.0', 10], // between a provider and its customers
  ['127.0.0.0', 8],
  ['169.254.0.0', 16], // link-local, and where clouds tell secrets
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 4], // multicast
  ['240.0.0.0', 4], // reserved, and broadcast
] as const) {
  INSIDE.addSubnet(prefix, bits, 'ipv4');
}
for (const [prefix, bits] of [
  ['::', 96], // unspecified, loopback, and IPv4 as once written
  ['64:ff9b:1::', 48],
  ['100::', 64],
  ['2001::', 32], // tunnels, which end where they like
  ['2002::', 16],
  ['fc00::', 7],
  ['fe80::', 10],
  ['fec0::', 10],
  ['ff00::', 8],
] as const) {
  INSIDE.addSubnet(prefix, bits, 'ipv6');
}

/** The cure, for whoever meant it. */
export const ALLOW = 'set WEBHOOK_PRIVATE_ADDRESSES=allow where that is meant';

/** A translator to IPv4 (RFC 6052), which would reach the address in its last four bytes. */
const TRANSLATED = new BlockList();
TRANSLATED.addSubnet('64:ff9b::', 96, 'ipv6');

/** True for an IP address that is not one of the public Internet, and for what is none at all. */
export function isPrivateAddress(address: string): boolean {
  const family = isIP(address);
  if (family === 0) return true;
  if (family === 4) return INSIDE.check(address, 'ipv4');
  // IPv4 in IPv6, ::ffff:127.0.0.1, is looked up among the IPv4 rules too.
  if (INSIDE.check(address, 'ipv6')) return true;
  return TRANSLATED.check(address, 'ipv6') && INSIDE.check(lastFourBytes(address), 'ipv4');
}

/**
 * The host of a URL when it is one that needs no look-up to be known as private: a literal address,
 * or a name under `localhost`. Undefined for all other names.
 */
export function privateHostOf(url: string): string | undefined {
  const host = new URL(url).hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
  if (isIP(host) !== 0) return isPrivateAddress(host) ? host : undefined;
  return /^(?:.*\.)?localhost$/i.test(host) ? host : undefined;
}

function lastFourBytes(address: string): string {
  // The URL parser writes an address out in hexadecimal: [64:ff9b::7f00:1].
  const groups = new URL(`http://[${address}]`).hostname.replace(/^\[|\]$/g, '').split(':');
  const [high = '0', low = '0'] = groups.slice(-2).map((group) => group || '0');
  const [h, l] = [Number.parseInt(high, 16), Number.parseInt(low, 16)];
  return [h >> 8, h & 255, l >> 8, l & 255].join('.');
}
