import { registerHooks } from 'node:module';
import type { PlantedBug } from './planted-bugs.ts';

/**
 * From now on the file is loaded into this thread with the bug in it. Has to be called before the
 * file is loaded; what is on disk is not touched.
 */
export function plantBug({ file, text, replacement }: PlantedBug): void {
  const url = new URL(`../../../${file}`, import.meta.url).href;
  registerHooks({
    load(loaded, context, nextLoad) {
      const result = nextLoad(loaded, context);
      if (loaded !== url) return result;
      const source = Buffer.from(result.source as Uint8Array).toString();
      if (source.split(text).length !== 2) {
        throw new Error(`${file} does not hold the text once that a bug is planted into: ${text}`);
      }
      return { ...result, source: source.replace(text, () => replacement) };
    },
  });
}
