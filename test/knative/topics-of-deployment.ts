import { randomUUID } from 'node:crypto';
import type { Fraud } from '#shared/domain/fraud.ts';
import { createKafkaGroups } from '#shared/kafka/kafka-groups.ts';
import { createKafkaTopics } from '#shared/kafka/kafka-topics.ts';
import type { StoredRecord, TopicRecord } from '#shared/kafka/topic.ts';
import { createLog } from '#shared/log.ts';
import { fraudOfRecord } from '../../local/watch-topic.ts';
import { until } from '../e2e/until.ts';
import type { OwnDeployment, TestCluster } from './cluster-for-tests.ts';

/** The topics of a deployment, seen from here: written to, waited for and read whole. */
export interface TopicsOfDeployment {
  writeTransactions(records: readonly TopicRecord[]): Promise<void>;
  /** Resolves when score has settled all transactions and notify all fraud events. */
  settled(timeoutMs: number): Promise<void>;
  fraudRecords(): Promise<readonly StoredRecord[]>;
  /** But for those of the probe, which notify keeps apart. */
  frauds(): Promise<readonly Fraud[]>;
  deadLetters(): Promise<readonly StoredRecord[]>;
  close(): Promise<void>;
}

export function topicsOfDeployment(on: TestCluster, own: OwnDeployment): TopicsOfDeployment {
  const log = createLog('knative', 'error');
  const brokers = [on.kafkaHere];
  const topics = createKafkaTopics({ brokers, log });
  const groups = createKafkaGroups({ brokers, log });
  const readAll = async (topic: string): Promise<readonly StoredRecord[]> => {
    const found: StoredRecord[] = [];
    const group = `${own.groups.notify}-reader-${randomUUID().slice(0, 8)}`;
    const reading = await topics.subscribe({
      ...{ topic, group, from: 'earliest' },
      onRecords: async (lease, records) => {
        found.push(...records);
        await lease.commit((records.at(-1) as StoredRecord).offset + 1n);
      },
    });
    await until(`${topic} is read`, 60_000, async () => (await reading.lag()) === 0);
    await reading.stop();
    await groups.dropGroups([group], 10_000);
    return found;
  };
  const fraudRecords = (): Promise<readonly StoredRecord[]> => readAll(own.topics.fraud);
  return {
    fraudRecords,
    writeTransactions: (records) => topics.write(own.topics.transactions, records),
    async settled(timeoutMs) {
      await until('score has settled all', timeoutMs, async () => {
        return (await groups.lag(own.groups.score, own.topics.transactions)) === 0;
      });
      await until('notify has settled all', timeoutMs, async () => {
        return (await groups.lag(own.groups.notify, own.topics.fraud)) === 0;
      });
    },
    frauds: async () => (await fraudRecords()).map(fraudOfRecord).filter((fraud) => !fraud.isProbe),
    deadLetters: () => readAll(own.topics.dlq),
    async close() {
      await Promise.all([topics.close(), groups.close()]);
    },
  };
}
