import { loadAll } from 'js-yaml';
import { hasPassword } from '#shared/redis/redis-url.ts';
import { CHART_FOLDER } from '../../knative/plain-yaml.ts';
import { runHelm } from '../../knative/run-helm.ts';
import type { KindRef, KubeObject } from './kube-object.ts';

/** What a deployment is to be like; all else stands in the chart's values. */
export interface DeploySettings {
  readonly namespace: string;
  /** HOST:PORT each, as pods reach them. */
  readonly kafkaBrokers?: readonly string[] | undefined;
  /** A Redis of one's own; without it the chart brings a small one along. */
  readonly redisUrl?: string | undefined;
  readonly imagePrefix?: string | undefined;
  readonly imageTag?: string | undefined;
  /** Files of values, later ones win; then single values, `name=value`. */
  readonly valuesFiles: readonly string[];
  readonly values: readonly string[];
}

/** What is to stand in the cluster, and the probe, which is run and goes again. */
export interface Rendered {
  readonly objects: readonly KubeObject[];
  readonly probe: readonly KubeObject[];
}

/** Kinds that change what the chart makes, where the cluster knows them. */
export const OPTIONAL_KINDS: readonly KindRef[] = [
  { apiVersion: 'kafka.strimzi.io/v1', kind: 'KafkaTopic' },
  { apiVersion: 'kafka.strimzi.io/v1beta2', kind: 'KafkaTopic' },
  { apiVersion: 'monitoring.coreos.com/v1', kind: 'ServiceMonitor' },
];

export const RELEASE = 'splitwatch';
export const REDIS_URL_SECRET = 'splitwatch-redis-url';

const HOOK = 'helm.sh/hook';

/**
 * Renders the chart with the `helm` of this machine, which is asked for nothing else: what it makes
 * is applied by us.
 * @throws Error with helm's own words, such as values that do not go together.
 */
export async function renderChart(
  settings: DeploySettings,
  servedKinds: readonly KindRef[],
): Promise<Rendered> {
  const args = ['template', RELEASE, CHART_FOLDER, '--namespace', settings.namespace];
  args.push(...helmFlags(settings));
  for (const { apiVersion, kind } of servedKinds)
    args.push('--api-versions', `${apiVersion}/${kind}`);
  return sorted(readYaml(await runHelm(args)), settings);
}

/** The flags of helm that say what the settings say. */
export function helmFlags(settings: DeploySettings): string[] {
  const { kafkaBrokers, redisUrl, imagePrefix, imageTag, valuesFiles, values } = settings;
  const flags = valuesFiles.flatMap((file) => ['--values', file]);
  const set = (name: string, value: unknown): void => {
    flags.push('--set-json', `${name}=${JSON.stringify(value)}`);
  };
  if (kafkaBrokers !== undefined) set('kafka.bootstrapServers', kafkaBrokers);
  if (redisUrl !== undefined) {
    set('redis.deploy', false);
    // A password goes into a Secret, not into the text of a Service.
    if (hasPassword(redisUrl))
      set('redis.external.urlSecret', { name: REDIS_URL_SECRET, key: 'url' });
    else set('redis.external.url', redisUrl);
  }
  if (imagePrefix !== undefined) set('image.prefix', imagePrefix);
  if (imageTag !== undefined) set('image.tag', imageTag);
  for (const value of values) flags.push('--set', value);
  return flags;
}

export function readYaml(text: string): readonly KubeObject[] {
  return (loadAll(text) as (KubeObject | null | undefined)[]).filter(
    (object): object is KubeObject => object !== null && object !== undefined,
  );
}

/** Tells the probe from the rest, and puts what only deploy knows beside it. */
export function sorted(all: readonly KubeObject[], settings: DeploySettings): Rendered {
  const isProbe = (object: KubeObject): boolean => object.metadata.annotations?.[HOOK] === 'test';
  const { redisUrl } = settings;
  const secret: KubeObject[] =
    redisUrl !== undefined && hasPassword(redisUrl)
      ? [
          {
            ...{ apiVersion: 'v1', kind: 'Secret', type: 'Opaque' },
            metadata: { name: REDIS_URL_SECRET },
            data: { url: Buffer.from(redisUrl).toString('base64') },
          },
        ]
      : [];
  return {
    objects: [...secret, ...all.filter((object) => !isProbe(object)).map(withoutHelm)],
    probe: all.filter(isProbe).map(withoutHelm),
  };
}

/** Helm's own notes mean nothing here; a Job that ended stays, as the record that it did. */
function withoutHelm(object: KubeObject): KubeObject {
  const { annotations = {} } = object.metadata;
  const own = Object.entries(annotations).filter(([name]) => !name.startsWith('helm.sh/'));
  const { annotations: _all, ...metadata } = object.metadata;
  const { ttlSecondsAfterFinished: _ttl, ...spec } = object.spec ?? {};
  return {
    ...object,
    metadata: { ...metadata, ...(own.length > 0 && { annotations: Object.fromEntries(own) }) },
    ...(object.spec !== undefined && { spec }),
  };
}
