import { fieldOf, type KubeObject, listOf, textOf } from '../cluster/kube-object.ts';
import type { RedisFacts } from './redis-facts.ts';
import { type Placed, resourceOf, type Setup } from './setup.ts';

const WORKLOADS = new Set(['StatefulSet', 'Deployment', 'Pod', 'DaemonSet']);
const IMAGE = /(?:^|\/)(?:redis|valkey)(?:-server)?(?::v?(\d[\w.]*))?[^/]*$/;
/** Programs whose images begin alike and that keep nothing. */
const OTHERS = /exporter|sentinel|insight|commander|operator/;

/** What Redis does unless it is told: snapshots, after minutes, and no key dropped. */
const DEFAULTS = { policy: 'noeviction', isAppendOnly: false, save: '3600 1 300 100 60 10000' };

/** Each Redis that the manifests run, as it is started. */
export function redisWorkloads(setup: Setup): readonly RedisFacts[] {
  return setup.objects.flatMap((placed) => {
    const container = redisContainer(placed.object);
    if (container === undefined) return [];
    const version = IMAGE.exec(textOf(container, 'image'))?.[1];
    const facts = { resource: resourceOf(placed), ...(version !== undefined && { version }) };
    const words = wordsOf(container);
    const file = words.find((word) => word.endsWith('.conf'));
    const text = file === undefined ? '' : configFile(setup, file);
    // What its file says is not known here: nothing is said rather than guessed.
    if (text === undefined) return [facts];
    const settings = new Map([...settingsOfFile(text), ...settingsOfWords(words)]);
    const known = {
      policy: settings.get('maxmemory-policy') ?? DEFAULTS.policy,
      isAppendOnly: settings.has('appendonly')
        ? settings.get('appendonly') === 'yes'
        : DEFAULTS.isAppendOnly,
      save: settings.get('save') ?? DEFAULTS.save,
    };
    return [{ ...facts, ...known, isOnEmptyDir: !hasVolume(placed) }];
  });
}

export function isRedisWorkload(object: KubeObject): boolean {
  return redisContainer(object) !== undefined;
}

function podOf(object: KubeObject): unknown {
  return object.kind === 'Pod' ? object.spec : fieldOf(object, 'spec', 'template', 'spec');
}

function redisContainer(object: KubeObject): unknown {
  if (!WORKLOADS.has(object.kind)) return undefined;
  return listOf(podOf(object), 'containers').find((container) => {
    const image = textOf(container, 'image');
    return IMAGE.test(image) && !OTHERS.test(image);
  });
}

/** Command and arguments, a shell's line taken apart. */
function wordsOf(container: unknown): readonly string[] {
  const given = [...listOf(container, 'command'), ...listOf(container, 'args')].map(String);
  return given.flatMap((word) => {
    if (!/\s/.test(word) || !/--|redis-server|valkey-server/.test(word)) return [word];
    return word.split(/\s+/).map((part) => part.replace(/^(["'])(.*)\1$/, '$2'));
  });
}

/** `--save 900 1` and so on: a name, and all words up to the next. */
function settingsOfWords(words: readonly string[]): Map<string, string> {
  const settings = new Map<string, string>();
  let name: string | undefined;
  for (const word of words) {
    if (word.startsWith('--')) {
      name = word.slice(2).toLowerCase();
      settings.set(name, '');
    } else if (name !== undefined) {
      settings.set(name, `${settings.get(name)} ${word}`.trim());
    }
  }
  return settings;
}

/** Lines `name value` of a redis.conf. */
function settingsOfFile(text: string): Map<string, string> {
  const settings = new Map<string, string>();
  for (const [, name = '', value = ''] of text.matchAll(/^[ \t]*([a-z-]+)[ \t]+(.*\S)[ \t]*$/gim)) {
    const known = settings.get(name.toLowerCase());
    const clean = value.replace(/^(["'])(.*)\1$/, '$2');
    // Lines `save` add up.
    settings.set(name.toLowerCase(), known && name === 'save' ? `${known} ${clean}` : clean);
  }
  return settings;
}

/** Of a ConfigMap that has a file of that name; undefined where none was read. */
function configFile(setup: Setup, path: string): string | undefined {
  const name = path.split('/').at(-1) ?? '';
  for (const { object } of setup.objects) {
    if (object.kind !== 'ConfigMap') continue;
    const text = fieldOf(object, 'data', name);
    if (typeof text === 'string') return text;
  }
  return undefined;
}

const IN_POD = new Set(['emptyDir', 'configMap', 'secret', 'projected', 'downwardAPI']);

/** Whether anything outlives the pod: claims of its own, or a volume that is not in the pod. */
function hasVolume({ object }: Placed): boolean {
  if (listOf(object, 'spec', 'volumeClaimTemplates').length > 0) return true;
  return listOf(podOf(object), 'volumes').some((volume) =>
    Object.keys(volume as object).some((key) => key !== 'name' && !IN_POD.has(key)),
  );
}
