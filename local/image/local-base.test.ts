import { expect, test } from 'vitest';
import { librariesOf } from './local-base.ts';

test('reads from ldd which files a program is linked with, and skips what is no file', () => {
  const output = `\tlinux-vdso.so.1 (0x00007ffd0b5e2000)
\tlibstdc++.so.6 => /lib/x86_64-linux-gnu/libstdc++.so.6 (0x00007f6f5e400000)
\tlibc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x00007f6f5e21f000)
\t/lib64/ld-linux-x86-64.so.2 (0x00007f6f5e7c0000)
`;
  expect(librariesOf(output)).toEqual([
    '/lib/x86_64-linux-gnu/libstdc++.so.6',
    '/lib/x86_64-linux-gnu/libc.so.6',
    '/lib64/ld-linux-x86-64.so.2',
  ]);
});
