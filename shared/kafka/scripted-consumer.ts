import { EventEmitter } from 'node:events';
import type { Consumer, EachBatchPayload, Kafka, KafkaMessage } from 'kafkajs';

/** One consumer as kafkajs would make it, whose events the test decides. */
export interface ScriptedConsumer {
  isConnected: boolean;
  /** Whether kafkajs runs it: a commit when it does not is passed over without a word. */
  isRunning: boolean;
  join(partitions: readonly number[]): void;
  rebalancing(): void;
  crash(restart: boolean): void;
  /** A batch as a fetch from offset `from` gives it. */
  batch(partition: number, from: number, count: number): Promise<void>;
}

export interface ScriptedKafka {
  readonly kafka: Kafka;
  /** Every consumer that was made, oldest first. */
  readonly consumers: readonly ScriptedConsumer[];
  /** Offsets that the broker was told, in order. */
  readonly commits: readonly string[];
}

export interface Script {
  /** What happens when a consumer is run. */
  onRun: (consumer: ScriptedConsumer) => void;
  /** Resolves when the broker answers a commit. */
  onCommit?: (offset: string) => Promise<void>;
}

/**
 * For tests: kafkajs as {@link KafkaSubscription} sees it, event by event, in orders that a broker
 * gives only now and then: a group that is joined again while other fetches are under way, a crash
 * while joining.
 */
export function scriptedKafka(script: Script): ScriptedKafka {
  const consumers: ScriptedConsumer[] = [];
  const commits: string[] = [];
  const consumer = (): Consumer => {
    const events = new EventEmitter();
    let eachBatch: (payload: EachBatchPayload) => Promise<void> = async () => {};
    const emit = (name: string, payload: unknown): boolean => events.emit(name, { payload });
    const scripted: ScriptedConsumer = {
      isConnected: true,
      isRunning: true,
      join: (partitions) => emit('consumer.group_join', { memberAssignment: { t: partitions } }),
      rebalancing: () => emit('consumer.rebalancing', {}),
      crash: (restart) => emit('consumer.crash', { restart, error: new Error('crashed') }),
      batch: (partition, from, count) => eachBatch(batchOf(partition, from, count)),
    };
    consumers.push(scripted);
    const refuseUnlessRunning = (): void => {
      if (!scripted.isRunning) throw new Error('Consumer group was not initialized');
    };
    const made: Pick<
      Consumer,
      'connect' | 'disconnect' | 'subscribe' | 'run' | 'pause' | 'resume' | 'commitOffsets'
    > = {
      connect: async () => {},
      subscribe: async () => {},
      run: async (options) => {
        eachBatch = options?.eachBatch ?? eachBatch;
        script.onRun(scripted);
      },
      disconnect: async () => {
        scripted.isConnected = false;
      },
      pause: refuseUnlessRunning,
      resume: refuseUnlessRunning,
      commitOffsets: async ([place]) => {
        if (!scripted.isRunning || place === undefined) return;
        const { partition, offset } = place;
        await script.onCommit?.(offset);
        commits.push(offset);
        const topics = [{ topic: 't', partitions: [{ partition, offset }] }];
        emit('consumer.commit_offsets', { topics });
      },
    };
    const on = (name: string, listener: (event: unknown) => void): void => {
      events.on(name, listener);
    };
    return Object.assign(made, { on }) as unknown as Consumer;
  };
  return { kafka: { consumer } as unknown as Kafka, consumers, commits };
}

function batchOf(partition: number, from: number, count: number): EachBatchPayload {
  const messages = Array.from({ length: count }, (_, i) => ({
    offset: String(from + i),
    key: null,
    value: Buffer.from('x'),
    headers: {},
    timestamp: '0',
  })) as unknown as KafkaMessage[];
  const lastOffset = (): string => String(from + count - 1);
  const batch = { topic: 't', partition, messages, lastOffset };
  return { batch, resolveOffset() {}, isStale: () => false } as unknown as EachBatchPayload;
}
