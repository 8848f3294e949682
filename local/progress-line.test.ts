import { expect, it } from 'vitest';
import { progressLine } from './progress-line.ts';

function shown(isTTY: boolean): string {
  let text = '';
  const write = (more: unknown): boolean => {
    text += more;
    return true;
  };
  const { onProgress } = progressLine({ isTTY, write })('fraud');
  for (const passed of [1n, 2n, 2n, 500n, 1000n]) onProgress?.(passed, 1000n);
  return text;
}

it('says once for each percent how much is read, and goes when it is all', () => {
  expect(shown(true)).toBe('\rreading fraud: 0 %\x1b[K\rreading fraud: 50 %\x1b[K\r\x1b[K');
});

it('says nothing where there is no terminal', () => {
  expect(shown(false)).toBe('');
});
