import { expect, it } from 'vitest';
import { lineWriter } from './pod-logs.ts';

it('gives whole lines, however they come', () => {
  const lines: string[] = [];
  const writer = lineWriter((line) => lines.push(line));
  for (const chunk of ['a', 'b\nc\n', '\nd']) writer.write(chunk);
  expect(lines).toEqual(['ab', 'c', '']);
  writer.end();
  expect(lines).toEqual(['ab', 'c', '', 'd']);
});
