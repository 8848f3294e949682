import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Makes `scripts.ts` from `upsert-alert.lua`, so that a bundle carries the script and it is
 * still written, read and reviewed as Lua. `node functions/notify/lua/build-scripts.ts` after a
 * change; a test fails while the two differ. Whole-line comments stay behind.
 */
export function buildScripts(): string {
  const lines = readFileSync(join(import.meta.dirname, 'upsert-alert.lua'), 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.trim().startsWith('--'));
  const note = '// Made by build-scripts.ts from upsert-alert.lua. Do not edit.';
  return `${note}\n\nexport const UPSERT_SCRIPT = \`${lines.join('\n')}\n\`;\n`;
}

if (import.meta.main) writeFileSync(join(import.meta.dirname, 'scripts.ts'), buildScripts());
