import { hasSetting, roleOf, settingOf } from './function-role.ts';
import { ownSources } from './own-source.ts';
import { redisWorkloads } from './redis-workload.ts';
import { kafkaSources, type Setup, services } from './setup.ts';
import { isScaledByKeda } from './source-reading.ts';
import { factsOfTopic, partitionsOf, topicsOf } from './topic-facts.ts';
import { topicsOfScore } from './topic-retention.ts';
import { knativeRelease } from './versions.ts';

/** What no finding can be about, since nobody said; each with what would tell. */
export function unchecked(setup: Setup): readonly string[] {
  return [
    ...uncheckedTopics(setup),
    ...uncheckedRedis(setup),
    ...kafkaSources(setup)
      .filter(isScaledByKeda)
      .map(({ object }) => `KafkaSource ${object.metadata.name}: its consumers, which KEDA sets`),
    ...uncheckedVersions(setup),
  ];
}

function uncheckedVersions({ objects }: Setup): readonly string[] {
  if (objects.length === 0) return [];
  const kafka = 'the version of Kafka: it is seen only in the manifests of a broker';
  // A cluster that was built from sources calls itself devel.
  if (objects.some(({ object }) => /^v?\d/.test(knativeRelease(object) ?? ''))) return [kafka];
  return ['the releases of Knative: a live cluster says them', kafka];
}

function uncheckedTopics(setup: Setup): readonly string[] {
  const sources = [...kafkaSources(setup), ...ownSources(setup)];
  const read = [...new Set(sources.flatMap(topicsOf))];
  const scored = topicsOfScore(setup).map(({ topic }) => topic);
  const without = (topics: readonly string[], what: string): readonly string[] =>
    topics.length === 0 ? [] : [`${what} of topic ${topics.join(', ')}: --kafka asks the broker`];
  return [
    ...without(
      read.filter((topic) => partitionsOf(setup, topic) === undefined),
      'the partitions',
    ),
    ...without(
      [...new Set(scored)].filter((topic) =>
        factsOfTopic(setup, topic).every(({ retentionMs }) => retentionMs === undefined),
      ),
      'the retention',
    ),
  ];
}

function uncheckedRedis(setup: Setup): readonly string[] {
  if (setup.redis.length > 0) {
    return setup.redis
      .filter(({ policy, isAppendOnly }) => policy === undefined || isAppendOnly === undefined)
      .map(
        ({ resource }) => `Redis ${resource.name}: it does not tell its settings (CONFIG, INFO)`,
      );
  }
  const workloads = redisWorkloads(setup);
  const silent = workloads.filter(({ policy }) => policy === undefined);
  const stores = services(setup).filter(
    ({ object }) => roleOf(object) !== 'generate' && hasSetting(object, 'REDIS_URL'),
  );
  const isEmbedded = stores.some(({ object }) =>
    settingOf(object, 'REDIS_URL')?.startsWith('memory:'),
  );
  if (workloads.length === 0 && !isEmbedded) {
    return ['whether Redis persists, may evict, and its version: --redis asks it'];
  }
  return silent.map(
    ({ resource }) =>
      `${resource.kind} ${resource.name}: its settings stand in a file that was not read; --redis asks it`,
  );
}
