import { readFile } from 'node:fs/promises';
import type { Plugin } from 'esbuild';

/**
 * Parts of packages that no function uses, and that are most of what express and prom-client weigh.
 * Each is replaced by a stand-in that may be handed around, and that throws when it is called.
 */
const LEFT_OUT: readonly { readonly file: RegExp; readonly why: string }[] = [
  {
    file: /[\\/]node_modules[\\/]body-parser[\\/]index\.js$/,
    why: 'bodies are read by shared/http/read-request-body.ts, with its own bounds',
  },
  {
    file: /[\\/]node_modules[\\/]prom-client[\\/]lib[\\/](?:pushgateway|cluster)\.js$/,
    why: 'metrics are fetched from one process, never pushed or gathered from workers',
  },
];

/** Extensions whose media types express may look up here: those of the page, and its own words. */
const EXTENSIONS = new Set(['bin', 'css', 'html', 'js', 'json', 'svg', 'txt', 'urlencoded']);
const MEDIA_TYPES = /[\\/]node_modules[\\/]mime-db[\\/]db\.json$/;

/** Keeps out of a bundle what would only be loaded, not used. */
export const leaveOut: Plugin = {
  name: 'leave-out',
  setup(build) {
    for (const { file, why } of LEFT_OUT) {
      build.onLoad({ filter: file }, () => ({ contents: standIn(why), loader: 'js' }));
    }
    build.onLoad({ filter: MEDIA_TYPES }, async ({ path }) => {
      const all = JSON.parse(await readFile(path, 'utf8')) as Record<string, MediaType>;
      const kept = Object.entries(all).filter(([, { extensions = [] }]) =>
        extensions.some((extension) => EXTENSIONS.has(extension)),
      );
      return { contents: JSON.stringify(Object.fromEntries(kept)), loader: 'json' };
    });
  },
};

interface MediaType {
  readonly extensions?: readonly string[];
}

function standIn(why: string): string {
  const message = JSON.stringify(`left out of the bundle (local/image/left-out.ts): ${why}`);
  return `
    const refuse = () => { throw new Error(${message}); };
    module.exports = new Proxy(function () {}, {
      get: (target, name) => (name in target ? target[name] : module.exports),
      apply: refuse,
      construct: refuse,
    });`;
}
