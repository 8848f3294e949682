import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { buildScripts } from './build-scripts.ts';

it('has scripts.ts as the Lua files say', () => {
  const committed = readFileSync(join(import.meta.dirname, 'scripts.ts'), 'utf8');
  expect(committed).toBe(buildScripts());
});
