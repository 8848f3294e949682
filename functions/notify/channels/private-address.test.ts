import { describe, expect, test } from 'vitest';
import { isPrivateAddress, privateHostOf } from './private-address.ts';

describe('an address (P)', () => {
  test.each([
    ...['127.0.0.1', '127.255.255.254', '0.0.0.0', '10.0.0.1', '172.16.0.1', '172.31.255.255'],
    ...['192.168.1.1', '169.254.169.254', '100.64.0.1', '100.127.255.255', '192.0.0.192'],
    ...['198.18.0.1', '198.19.255.255', '224.0.0.1', '240.0.0.1', '255.255.255.255'],
    ...['::', '::1', '::127.0.0.1', '::ffff:127.0.0.1', '::ffff:a9fe:a9fe', 'fc00::1', 'fd12::1'],
    ...['fe80::1', 'febf::1', 'fec0::1', 'ff02::1', '2002:7f00:1::', '2001:0:1::', '100::1'],
    ...['64:ff9b::7f00:1', '64:ff9b::169.254.169.254', '64:ff9b::', '64:ff9b:1::1', 'no address'],
  ])('%s is private', (address) => {
    expect(isPrivateAddress(address)).toBe(true);
  });

  test.each([
    ...['1.1.1.1', '9.255.255.255', '11.0.0.0', '172.15.255.255', '172.32.0.0', '192.167.0.1'],
    ...['169.253.0.1', '100.63.255.255', '100.128.0.0', '126.0.0.1', '128.0.0.1', '223.0.0.1'],
    ...['2606:4700::1', '2a00::1', 'fbff::1', '::ffff:1.1.1.1', '64:ff9b::1.1.1.1', '2001:db8::1'],
  ])('%s is not', (address) => {
    expect(isPrivateAddress(address)).toBe(false);
  });
});

describe('the host of a URL (P)', () => {
  test.each([
    ...['http://127.0.0.1/', 'http://2130706433/', 'http://0x7f.1/', 'http://0177.0.0.1:80/x'],
    ...['http://[::1]/', 'http://[::ffff:127.0.0.1]/', 'http://localhost:1/', 'http://LOCALHOST./'],
    ...['http://a.localhost/', 'https://user:pass@169.254.169.254/latest', 'http://127.1/'],
    ...['http://①②⑦.⓪.⓪.①/', 'http://[fe80::1]/', 'http://10.0.0.1./'],
  ])('is known as private from the text alone in %s', (url) => {
    expect(privateHostOf(url)).toBeDefined();
  });

  test.each([
    ...['https://hooks.example/127.0.0.1', 'https://1.1.1.1/', 'https://localhost.example/'],
    ...['https://127.0.0.1.example/', 'https://[2606:4700::1]/', 'http://notlocalhost/'],
  ])('is not in %s', (url) => {
    expect(privateHostOf(url)).toBeUndefined();
  });
});
