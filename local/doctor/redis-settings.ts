import { type Finding, finding } from './finding.ts';
import type { RedisFacts } from './redis-facts.ts';
import { redisWorkloads } from './redis-workload.ts';
import type { Setup } from './setup.ts';
import { isOlder } from './version-order.ts';

const OLDEST = '6.2';
const TRIED = '7.0';

/** Whether Redis keeps what it is given: over a full memory, a restart, the end of its pod. */
export function lookAtRedis(setup: Setup): readonly Finding[] {
  return [...setup.redis, ...redisWorkloads(setup)].flatMap((facts) => [
    ...lookAtEviction(facts),
    ...lookAtPersistence(facts),
    ...lookAtVersion(facts),
  ]);
}

function lookAtEviction(facts: RedisFacts): readonly Finding[] {
  const { resource, policy } = facts;
  if (policy === undefined || policy === 'noeviction') return [];
  const what = `maxmemory-policy is ${policy}`;
  return [
    finding('redis-evicts', resource, { what, cure: set(facts, 'maxmemory-policy', 'noeviction') }),
  ];
}

function lookAtPersistence(facts: RedisFacts): readonly Finding[] {
  const { resource, isAppendOnly, save, isOnEmptyDir } = facts;
  if (isAppendOnly === undefined) return [];
  const cure = set(facts, 'appendonly', 'yes');
  if (!isAppendOnly && save === '') {
    const what = 'appendonly is no and save is empty: nothing is written to a disk';
    return [finding('redis-does-not-persist', resource, { what, cure })];
  }
  const found: Finding[] = [];
  if (!isAppendOnly) {
    const what = `appendonly is no; snapshots only (save ${save ?? 'not known'})`;
    found.push(finding('redis-loses-minutes', resource, { what, cure }));
  }
  if (isOnEmptyDir) {
    const what = `${resource.kind} ${resource.name} has no volumeClaimTemplates and no claimed volume`;
    found.push(finding('redis-on-empty-dir', resource, { what, cure: CLAIM }));
  }
  return found;
}

function lookAtVersion({ resource, version }: RedisFacts): readonly Finding[] {
  // A tag may say no more than 7.
  if (version === undefined || !isOlder(version, TRIED)) return [];
  const trap = isOlder(version, OLDEST) ? 'redis-too-old' : 'redis-untried';
  const cure = 'image: docker.io/library/redis:7.4';
  return [finding(trap, resource, { what: `its version is ${version}`, cure })];
}

/** In a manifest an argument, on a server a command. */
function set({ resource }: RedisFacts, name: string, value: string): string {
  if (resource.kind !== 'Redis') return `args:\n  - --${name}\n  - "${value}"`;
  return [
    `redis-cli CONFIG SET ${name} ${value}`,
    '# and in redis.conf, for after a restart:',
    `${name} ${value}`,
  ].join('\n');
}

const CLAIM = `spec:
  volumeClaimTemplates:
    - metadata: {name: data}
      spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}`;
