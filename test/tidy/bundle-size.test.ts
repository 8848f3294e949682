import { expect, it } from 'vitest';
import { bundleFunction } from '../../local/image/bundle.ts';
import { ROOT } from './source-files.ts';

const MAX_BYTES = {
  ...{ score: 1_500_000, notify: 2_000_000, generate: 2_000_000 },
  source: 1_500_000,
} as const;

it.each(Object.entries(MAX_BYTES) as [keyof typeof MAX_BYTES, number][])(
  'bundles %s, with the files that it reads, in at most %i bytes',
  async (functionName, maxBytes) => {
    const { files } = await bundleFunction({ functionName, root: ROOT });
    expect(files.reduce((sum, { bytes }) => sum + bytes.length, 0)).toBeLessThanOrEqual(maxBytes);
  },
);
