import { randomBytes } from 'node:crypto';
import { globSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { hasPassword } from '#shared/redis/redis-url.ts';
import { CHART_FOLDER } from '../../knative/plain-yaml.ts';
import { runHelm } from '../../knative/run-helm.ts';
import { COMPONENT_LABEL } from './deploy-steps.ts';
import { fieldOf, type KubeObject } from './kube-object.ts';
import { plainProbe } from './plain-probe.ts';
import {
  type DeploySettings,
  REDIS_URL_SECRET,
  type Rendered,
  readYaml,
  sorted,
} from './render-chart.ts';

const PLAIN_FOLDER = dirname(CHART_FOLDER);
const PLAIN_IMAGE = /^dev\.local\/splitwatch-(score|notify|generate):(.+)$/;

export async function hasHelm(): Promise<boolean> {
  try {
    await runHelm(['version', '--short']);
    return true;
  } catch {
    return false;
  }
}

/**
 * The committed plain YAML with what the settings say put in, for whoever has no Helm.
 * @throws Error for settings that only the chart can take.
 */
export async function renderPlain(settings: DeploySettings): Promise<Rendered> {
  if (settings.values.length + settings.valuesFiles.length > 0) {
    throw new Error('--values and --set need helm: https://helm.sh/docs/intro/install');
  }
  const paths = globSync('[0-9][0-9]-*.yaml', { cwd: PLAIN_FOLDER }).sort();
  const texts = await Promise.all(paths.map((path) => readFile(join(PLAIN_FOLDER, path), 'utf8')));
  const probe = await readFile(join(CHART_FOLDER, 'files', 'probe.mjs'), 'utf8');
  return plainDeployment(texts.flatMap(readYaml), settings, probe);
}

/**
 * The same from objects; passwords are made up, and kept by deploy where there are some already.
 */
export function plainDeployment(
  plain: readonly KubeObject[],
  settings: DeploySettings,
  probeText: string,
): Rendered {
  const isOwnRedis = settings.redisUrl !== undefined;
  const isRedis = ({ metadata }: KubeObject): boolean =>
    metadata.labels?.[COMPONENT_LABEL] === 'redis';
  const kept = plain.filter((object) => !isOwnRedis || !isRedis(object));
  const objects = kept.map((object) => rewritten(object, settings) as KubeObject);
  const secrets = [
    ...(isOwnRedis ? [] : [secretOf('splitwatch-redis', 'redis', 'password')]),
    secretOf('splitwatch-page', 'notify', 'token'),
  ];
  const rendered = sorted([...secrets, ...objects], settings);
  return { ...rendered, probe: plainProbe(objects, settings.namespace, probeText) };
}

/** Every image, list of brokers and address of Redis inside, as the settings have them. */
function rewritten(value: unknown, settings: DeploySettings): unknown {
  if (Array.isArray(value)) {
    return value.flatMap((item) => {
      if (settings.redisUrl === undefined) return [rewritten(item, settings)];
      const name = fieldOf(item, 'name');
      if (name === 'REDIS_PASSWORD') return [];
      return [name === 'REDIS_URL' ? redisEnv(settings.redisUrl) : rewritten(item, settings)];
    });
  }
  if (value === null || typeof value !== 'object') return value;
  const { kafkaBrokers } = settings;
  const record = Object.entries(value).map(([name, inside]): [string, unknown] => {
    if (name === 'image') return [name, imageOf(String(inside), settings)];
    if (name === 'bootstrapServers') return [name, kafkaBrokers ?? inside];
    return [name, rewritten(inside, settings)];
  });
  const rewrittenObject = Object.fromEntries(record);
  if (rewrittenObject.name === 'KAFKA_BROKERS' && kafkaBrokers !== undefined) {
    return { ...rewrittenObject, value: kafkaBrokers.join(',') };
  }
  return rewrittenObject;
}

function imageOf(image: string, { imagePrefix, imageTag }: DeploySettings): string {
  const [, name, version] = PLAIN_IMAGE.exec(image) ?? [];
  if (name === undefined) return image;
  return `${imagePrefix ?? 'dev.local/splitwatch-'}${name}:${imageTag ?? version}`;
}

function redisEnv(url: string): object {
  if (!hasPassword(url)) return { name: 'REDIS_URL', value: url };
  const secretKeyRef = { name: REDIS_URL_SECRET, key: 'url' };
  return { name: 'REDIS_URL', valueFrom: { secretKeyRef } };
}

function secretOf(name: string, component: string, key: string): KubeObject {
  const value = randomBytes(24).toString('hex');
  return {
    ...{ apiVersion: 'v1', kind: 'Secret', type: 'Opaque' },
    metadata: {
      name,
      labels: {
        'app.kubernetes.io/name': 'splitwatch',
        [COMPONENT_LABEL]: component,
        'app.kubernetes.io/part-of': 'splitwatch',
      },
    },
    data: { [key]: Buffer.from(value).toString('base64') },
  };
}
