import { randomUUID } from 'node:crypto';
import type { Fraud } from '#shared/domain/fraud.ts';
import { decodeFraud } from '#shared/events/decode-fraud.ts';
import type { RunningSubscription, StoredRecord, TopicReader } from '#shared/kafka/topic.ts';
import { recordToEvent } from './eventing/record-to-event.ts';
import { toBinaryRequest } from './eventing/wire-event.ts';

export interface WatchTopicOptions {
  readonly reader: TopicReader;
  readonly topic: string;
  /** From the oldest record on, as the seeds' viewer did; else only new ones. */
  readonly fromBeginning: boolean;
  readonly onFraud: (fraud: Fraud) => void;
  /** A record that holds no fraud event. */
  readonly onOther: (record: StoredRecord, reason: string) => void;
}

/**
 * Shows the fraud events of a topic, each as often as it is in there. Reads as a group of its own,
 * so nobody else is disturbed, and commits in it what was shown: when the group is joined again (a
 * broker was restarted), it goes on there.
 */
export function watchTopic(options: WatchTopicOptions): Promise<RunningSubscription> {
  const { reader, topic, fromBeginning, onFraud, onOther } = options;
  return reader.subscribe({
    topic,
    group: `splitwatch-watch-${randomUUID()}`,
    from: fromBeginning ? 'earliest' : 'latest',
    onRecords: async (lease, records) => {
      for (const record of records) {
        try {
          onFraud(fraudOfRecord(record));
        } catch (error) {
          onOther(record, (error as Error).message);
        }
      }
      const last = records.at(-1);
      // Where it fails the next one covers it; at worst something is shown again.
      if (last !== undefined) await lease.commit(last.offset + 1n).catch(() => {});
    },
  });
}

/** The fraud event that a record holds. Throws AppError where it holds none. */
export function fraudOfRecord(record: StoredRecord): Fraud {
  const event = recordToEvent(record, { namespace: 'default', name: 'watch' });
  const { headers, body } = toBinaryRequest(event);
  return decodeFraud(headers, body);
}
