import { CompressionTypes, type Kafka, type Message, Partitioners, type Producer } from 'kafkajs';
import { withinDeadline } from './kafka-client.ts';
import type { TopicRecord, TopicWriter } from './topic.ts';

/** Below the broker's own bound for one batch (message.max.bytes, 1 MiB), with some to spare. */
const CHUNK_MAX_BYTES = 512 * 1024;

export interface KafkaWriterOptions {
  readonly kafka: Kafka;
  readonly brokers: readonly string[];
  /** Longest time for one `write`, milliseconds. */
  readonly writeTimeoutMs: number;
}

/**
 * Writes with acks from all in-sync replicas. Idempotent: what the client itself repeats is written
 * once, and stays in order. After a failure the producer is made anew, since an idempotent one that
 * missed an answer cannot go on.
 */
export function createKafkaWriter(
  options: KafkaWriterOptions,
): Pick<TopicWriter, 'write' | 'close'> {
  const { kafka, brokers, writeTimeoutMs } = options;
  let connected: Promise<Producer> | undefined;

  const connect = async (): Promise<Producer> => {
    const producer = kafka.producer({
      createPartitioner: Partitioners.DefaultPartitioner,
      allowAutoTopicCreation: false,
      idempotent: true,
      maxInFlightRequests: 1,
    });
    await producer.connect();
    return producer;
  };
  const drop = async (failed: Promise<Producer> | undefined): Promise<void> => {
    if (connected === failed) connected = undefined;
    await failed?.then((producer) => producer.disconnect()).catch(() => {});
  };
  return {
    async write(topic, records) {
      connected ??= connect();
      const current = connected;
      const writing = async (): Promise<void> => {
        const producer = await current;
        for (const messages of chunks(records)) {
          const compression = CompressionTypes.None;
          await producer.send({ topic, messages, acks: -1, timeout: writeTimeoutMs, compression });
        }
      };
      try {
        await withinDeadline(writing(), writeTimeoutMs, brokers, `writing to topic ${topic}`);
      } catch (error) {
        void drop(current);
        throw error;
      }
    },
    close: () => drop(connected),
  };
}

/** The records as kafkajs wants them, in requests of bounded size. */
function* chunks(records: readonly TopicRecord[]): Generator<Message[]> {
  let chunk: Message[] = [];
  let bytes = 0;
  for (const record of records) {
    const size = sizeOf(record);
    if (chunk.length > 0 && bytes + size > CHUNK_MAX_BYTES) {
      yield chunk;
      chunk = [];
      bytes = 0;
    }
    chunk.push(toMessage(record));
    bytes += size;
  }
  if (chunk.length > 0) yield chunk;
}

function sizeOf(record: TopicRecord): number {
  let bytes = (record.key?.length ?? 0) + (record.value?.length ?? 0) + 32;
  for (const [name, value] of Object.entries(record.headers)) bytes += name.length + value.length;
  return bytes;
}

function toMessage(record: TopicRecord): Message {
  const { key, value, headers, timestampMs } = record;
  return {
    key,
    value,
    headers: { ...headers },
    ...(timestampMs === undefined ? {} : { timestamp: String(timestampMs) }),
  };
}
