import { expect, it } from 'vitest';
import { kafkaContainerArgs, redisContainerArgs } from './docker-containers.ts';

it('opens the port of Redis on loopback only, and keeps Redis from evicting (L5)', () => {
  expect(redisContainerArgs('redis:7', 1234, false)).toEqual([
    ...['--publish', '127.0.0.1:1234:6379', 'redis:7', 'redis-server'],
    ...['--save', '', '--maxmemory-policy', 'noeviction', '--appendonly', 'no'],
  ]);
});

it('makes Kafka name the address at which this machine reaches it', () => {
  const args = kafkaContainerArgs('apache/kafka:4.3.1', 1234);
  expect(args.slice(0, 2)).toEqual(['--publish', '127.0.0.1:1234:1234']);
  expect(args).toContain('KAFKA_ADVERTISED_LISTENERS=PLAINTEXT://127.0.0.1:1234');
  expect(args).toContain('KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR=1');
  expect(args.at(-1)).toBe('apache/kafka:4.3.1');
});
