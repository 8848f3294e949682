import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Makes `scripts.ts` from the Lua files, so that a bundle carries the scripts and they are still
 * written, read and reviewed as Lua. `node functions/score/lua/build-scripts.ts` after a change; a
 * test fails while the two differ.
 */
const PARTS = {
  ADD_SCRIPT: [
    'codec',
    'args',
    'leaves',
    'window',
    'verdict',
    'forget',
    'in-order',
    'out-of-order',
    'rewrite',
    'add',
  ],
  COMMIT_SCRIPT: ['commit'],
  HAND_OVER_SCRIPT: ['hand-over'],
  READ_SCRIPT: ['codec', 'args', 'leaves', 'window', 'read'],
};

/** The text of `scripts.ts` as the Lua files have it. Whole-line comments stay behind. */
export function buildScripts(): string {
  const folder = import.meta.dirname;
  const scripts = Object.entries(PARTS).map(([name, files]) => {
    const lines = files
      .flatMap((file) => readFileSync(join(folder, `${file}.lua`), 'utf8').split('\n'))
      .filter((line) => line.trim() !== '' && !line.trim().startsWith('--'));
    return `export const ${name} = \`${lines.join('\n')}\n\`;\n`;
  });
  return `// Made by build-scripts.ts from the Lua files beside it. Do not edit.\n\n${scripts.join('\n')}`;
}

if (import.meta.main) writeFileSync(join(import.meta.dirname, 'scripts.ts'), buildScripts());
