import { type KubeObject, listOf, textOf } from '../cluster/kube-object.ts';
import { type Finding, finding } from './finding.ts';
import { ofKind, type Placed, resourceOf, type Setup } from './setup.ts';
import { isOlder } from './version-order.ts';

const KNATIVE_OLDEST = '1.22';
const KAFKA_OLDEST = '2.1';

/** The oldest API version of each kind that has all that our manifests say. */
const API_VERSIONS: Readonly<
  Record<string, { readonly group: RegExp; readonly wanted: readonly string[] }>
> = {
  KafkaSource: { group: /knative\.dev$/, wanted: ['sources.knative.dev/v1'] },
  PingSource: { group: /knative\.dev$/, wanted: ['sources.knative.dev/v1'] },
  SinkBinding: { group: /knative\.dev$/, wanted: ['sources.knative.dev/v1'] },
  Service: { group: /^serving\.knative\.dev$/, wanted: ['serving.knative.dev/v1'] },
  KafkaTopic: {
    group: /^kafka\.strimzi\.io$/,
    wanted: ['kafka.strimzi.io/v1', 'kafka.strimzi.io/v1beta2'],
  },
};

/** Parts of Knative that say which release they are. */
const KNATIVE_NAMES = new Set(['knative-serving', 'knative-eventing']);

/** Whether everything is new enough, as far as versions can be seen. */
export function lookAtVersions(setup: Setup): readonly Finding[] {
  return [
    ...setup.objects.flatMap(lookAtApiVersion),
    ...setup.objects.flatMap(lookAtKnative),
    ...ofKind(setup, 'kafka.strimzi.io', 'Kafka').flatMap(lookAtStrimzi),
    ...setup.objects.flatMap(lookAtKafkaImage),
  ];
}

function lookAtApiVersion(placed: Placed): readonly Finding[] {
  const { apiVersion, kind } = placed.object;
  const known = API_VERSIONS[kind];
  const group = apiVersion.split('/')[0] ?? '';
  if (known === undefined || !known.group.test(group) || known.wanted.includes(apiVersion))
    return [];
  const what = `apiVersion is ${apiVersion}`;
  const cure = `apiVersion: ${known.wanted[0]}`;
  return [finding('api-version-too-old', resourceOf(placed), { what, cure })];
}

/** The release that an object of Knative's own says it belongs to; undefined for all others. */
export function knativeRelease({ metadata }: KubeObject): string | undefined {
  const { labels = {} } = metadata;
  if (!KNATIVE_NAMES.has(labels['app.kubernetes.io/name'] ?? '')) return undefined;
  return labels['app.kubernetes.io/version'];
}

function lookAtKnative(placed: Placed): readonly Finding[] {
  const version = knativeRelease(placed.object);
  if (version === undefined || !isOlder(version, KNATIVE_OLDEST)) return [];
  const what = `its label app.kubernetes.io/version is ${version}`;
  const cure = 'https://knative.dev/docs/install/upgrade/ one minor release after the other';
  return [finding('knative-too-old', resourceOf(placed), { what, cure })];
}

function lookAtStrimzi(placed: Placed): readonly Finding[] {
  return kafkaVersion(
    placed,
    'spec.kafka.version',
    textOf(placed.object, 'spec', 'kafka', 'version'),
  );
}

const KAFKA_IMAGE = /(?:^|\/)(?:apache\/|bitnami\/)kafka:v?(\d[\w.]*)[^/]*$/;

function lookAtKafkaImage(placed: Placed): readonly Finding[] {
  const containers = listOf(placed.object, 'spec', 'template', 'spec', 'containers');
  return containers.flatMap((container) => {
    const version = KAFKA_IMAGE.exec(textOf(container, 'image'))?.[1] ?? '';
    return kafkaVersion(placed, "its image's tag", version);
  });
}

function kafkaVersion(placed: Placed, field: string, version: string): readonly Finding[] {
  if (!isOlder(version, KAFKA_OLDEST)) return [];
  const what = `${field} is ${version}`;
  const cure = 'https://kafka.apache.org/documentation/#upgrade to a release of 3.9 or 4';
  return [finding('kafka-too-old', resourceOf(placed), { what, cure })];
}
