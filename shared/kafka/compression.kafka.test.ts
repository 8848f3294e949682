import { describe, expect, it } from 'vitest';
import { createLog } from '#shared/log.ts';
import { createRandom } from '../../functions/generate/core/random.ts';
import { until } from '../../test/e2e/until.ts';
import { produceLines } from '../../test/kafka-console.ts';
import { brokersForTests } from './kafka-test-brokers.ts';
import { createKafkaTopics } from './kafka-topics.ts';

const log = createLog('kafka-test', 'silent');
const random = createRandom(9);

/** Short and long, alike and unlike: what packs well, and what hardly packs. */
const LINES: readonly string[] = [
  ...Array.from({ length: 500 }, (_, i) => `2026-11-22T10:00:00Z;66;26;${i}.00`),
  'a'.repeat(200_000),
  Array.from({ length: 100_000 }, () => String.fromCharCode(random.between(33, 126))).join(''),
];

describe('what the broker’s own producer writes', () => {
  it.each(['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const)(
    'is read with compression %s',
    async (compression) => {
      const topics = createKafkaTopics({ brokers: brokersForTests(), log });
      const name = `packed-${compression}-${process.pid}`;
      await topics.ensureTopics([{ name, partitions: 1 }]);
      await produceLines(brokersForTests().join(','), name, LINES, compression);
      const seen: string[] = [];
      const running = await topics.subscribe({
        ...{ topic: name, group: `of-${name}`, from: 'earliest' },
        onRecords: async (_lease, records) => {
          seen.push(...records.map(({ value }) => String(value)));
        },
      });
      await until('all lines are read', 20_000, async () => seen.length >= LINES.length);
      await running.stop();
      await topics.close();
      expect(seen).toEqual(LINES);
    },
  );
});
