import kafkajs, { CompressionTypes, type Kafka, type Message, type Producer } from 'kafkajs';
import { withinDeadline } from './kafka-client.ts';
import { lastingPartitioner } from './lasting-partitioner.ts';
import type { TopicRecord, TopicWriter } from './topic.ts';

/** Below the broker's own bound for one batch (message.max.bytes, 1 MiB), with some to spare. */
const CHUNK_MAX_BYTES = 512 * 1024;

export interface KafkaWriterOptions {
  readonly kafka: Kafka;
  readonly brokers: readonly string[];
  /** Longest time for one `write`, milliseconds. */
  readonly writeTimeoutMs: number;
}

/** One `write` that has not been answered. */
interface Waiting {
  readonly topic: string;
  readonly records: readonly TopicRecord[];
  readonly sinceMs: number;
  readonly done: PromiseWithResolvers<void>;
}

/**
 * Writes with acks from all in-sync replicas. Idempotent: what the client itself repeats is written
 * once, and stays in order.
 *
 * One request is under way at a time, repetitions included, and what comes meanwhile goes together
 * in the next. kafkajs would let others go before a request that has to be repeated, with the
 * sequence numbers of that one; the broker, which had written it and whose answer was lost, takes
 * them for its repetition, and acknowledges what it does not write. For the same reason a producer
 * that missed an answer for good is left, and another made.
 */
export function createKafkaWriter(
  options: KafkaWriterOptions,
): Pick<TopicWriter, 'write' | 'close'> {
  const writer = new KafkaWriter(options);
  return { write: (topic, records) => writer.write(topic, records), close: () => writer.close() };
}

class KafkaWriter {
  readonly #options: KafkaWriterOptions;
  #connected: Promise<Producer> | undefined;
  #waiting: Waiting[] = [];
  #isWriting = false;

  constructor(options: KafkaWriterOptions) {
    this.#options = options;
  }

  write(topic: string, records: readonly TopicRecord[]): Promise<void> {
    const { brokers, writeTimeoutMs } = this.#options;
    const done = Promise.withResolvers<void>();
    done.promise.catch(() => {}); // who has waited for too long is told so, and no longer listens
    this.#waiting.push({ topic, records, sinceMs: performance.now(), done });
    void this.#writeAll();
    return withinDeadline(done.promise, writeTimeoutMs, brokers, `writing to topic ${topic}`);
  }

  close(): Promise<void> {
    return this.#drop(this.#connected);
  }

  /** Never rejects. */
  async #writeAll(): Promise<void> {
    if (this.#isWriting) return;
    this.#isWriting = true;
    while (this.#waiting.length > 0) {
      const together = this.#takeTogether();
      try {
        await this.#send(together);
        for (const { done } of together) done.resolve();
      } catch (error) {
        await this.#fail(together, error);
      }
    }
    this.#isWriting = false;
  }

  /** The first that waits, and those behind it for the same topic, up to the size of a chunk. */
  #takeTogether(): readonly [Waiting, ...Waiting[]] {
    const { writeTimeoutMs } = this.#options;
    const first = this.#waiting[0] as Waiting;
    let bytes = 0;
    let isFull = false;
    const together: Waiting[] = [];
    const left: Waiting[] = [];
    for (const one of this.#waiting) {
      if (performance.now() - one.sinceMs > writeTimeoutMs && one !== first) continue; // told so
      bytes += one.records.reduce((sum, record) => sum + sizeOf(record), 0);
      isFull ||= together.length > 0 && bytes > CHUNK_MAX_BYTES;
      if (one.topic === first.topic && !isFull) together.push(one);
      else left.push(one);
    }
    this.#waiting = left;
    return together as [Waiting, ...Waiting[]];
  }

  async #send(together: readonly [Waiting, ...Waiting[]]): Promise<void> {
    const { brokers, writeTimeoutMs } = this.#options;
    const [{ topic }] = together;
    this.#connected ??= this.#connect();
    const current = this.#connected;
    const sending = async (): Promise<void> => {
      const producer = await current;
      for (const messages of chunks(together.flatMap(({ records }) => records))) {
        const compression = CompressionTypes.None;
        await producer.send({ topic, messages, acks: -1, timeout: writeTimeoutMs, compression });
      }
    };
    try {
      await withinDeadline(sending(), writeTimeoutMs, brokers, `writing to topic ${topic}`);
    } catch (error) {
      void this.#drop(current);
      throw error;
    }
  }

  /** What the broker refuses may be one record's fault: then each is written by itself. */
  async #fail(together: readonly [Waiting, ...Waiting[]], error: unknown): Promise<void> {
    const isRefused = (error as Error).cause instanceof kafkajs.KafkaJSProtocolError;
    if (together.length === 1 || !isRefused) {
      for (const { done } of together) done.reject(error);
      return;
    }
    for (const one of together) await this.#send([one]).then(one.done.resolve, one.done.reject);
  }

  async #connect(): Promise<Producer> {
    const producer = this.#options.kafka.producer({
      createPartitioner: lastingPartitioner,
      allowAutoTopicCreation: false,
      idempotent: true,
      maxInFlightRequests: 1,
    });
    await producer.connect();
    return producer;
  }

  async #drop(failed: Promise<Producer> | undefined): Promise<void> {
    if (this.#connected === failed) this.#connected = undefined;
    await failed?.then((producer) => producer.disconnect()).catch(() => {});
  }
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
