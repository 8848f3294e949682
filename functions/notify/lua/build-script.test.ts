import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { buildScript } from './build-script.ts';

it('has upsert-script.ts as the Lua file says', () => {
  const committed = readFileSync(join(import.meta.dirname, 'upsert-script.ts'), 'utf8');
  expect(committed).toBe(buildScript());
});
