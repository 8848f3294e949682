import { transactionId } from '#shared/domain/transaction.ts';
import type { Log } from '#shared/log.ts';
import { MANIFEST_DELIVERY, type PostResult } from '../../eventing/delivery.ts';
import { type KafkaSource, startKafkaSource } from '../../eventing/kafka-source.ts';
import type { Poster } from '../../eventing/post.ts';
import type { Chance } from '../kernel/chance.ts';
import type { SimProcess } from '../kernel/sim-process.ts';
import type { Trace } from '../kernel/trace.ts';
import { timersOf, type VirtualTime } from '../kernel/virtual-time.ts';
import type { Wire } from '../kernel/wire.ts';
import { createFleet, type Fleet, type Running } from './fleet.ts';
import { type Door, SILENT_LOG } from './pods.ts';
import type { SimGroup } from './sim-group.ts';
import type { Message, SimSink } from './sim-sink.ts';

/** Records of one topic on their way to one function: KafkaSource, as its dispatchers run it. */
export interface DispatcherParts {
  readonly topic: 'transactions' | 'fraud';
  /** As it is when a dispatcher starts. */
  readonly ordering: () => 'ordered' | 'unordered';
  readonly group: SimGroup;
  readonly sink: SimSink;
  /** The pods of the function that may be asked now. */
  readonly pods: () => readonly Running<Door>[];
  readonly onAnswer: (headers: Message['headers'], status: number, pod: SimProcess) => void;
  /** Neither the function nor the dead-letter sink took the record. */
  readonly onGivenUp: (partition: number, offset: bigint) => void;
  readonly time: VirtualTime;
  readonly chance: Chance;
  readonly wire: Wire;
  readonly trace: Trace;
}

export type Dispatchers = Fleet<Promise<KafkaSource>>;

export function createDispatchers(parts: DispatcherParts): Dispatchers {
  const { topic, ordering, group, time, chance, trace } = parts;
  return createFleet({
    ...{ kind: 'source', name: `${topic}-source`, time, chance, trace },
    run: (process) =>
      startKafkaSource({
        ...{ reader: group.readerOf(process), topic, group: topic, ordering: ordering() },
        sinkUrl: FUNCTION_URL,
        delivery: { ...MANIFEST_DELIVERY, deadLetterSink: { uri: DEAD_LETTER_URL } },
        poster: posterOf(process, parts),
        timers: timersOf(time, () => process.isAlive),
        log: logOf(parts),
      }),
  });
}

const FUNCTION_URL = 'http://function';
const DEAD_LETTER_URL = 'http://dead-letters';

function posterOf(process: SimProcess, parts: DispatcherParts): Poster {
  const { topic, sink, pods, chance, wire, onAnswer } = parts;
  let asked = 0;
  const pick = (name: string): Running<Door> | undefined => {
    const ready = pods();
    return ready[chance.between(`pod for ${name}`, 0, ready.length - 1)];
  };
  const toFunction = (message: Message, deadlineMs: number): Promise<PostResult> => {
    const id = idOf(message);
    const name = `post ${id} ${process.name} ${++asked}`;
    return wire
      .call({
        ...{ name, from: process, deadlineMs },
        to: () => pick(name)?.process,
        work: async (to): Promise<PostResult> => {
          const pod = pods().find((running) => running.process === to) as Running<Door>;
          const { status, headers, body = '' } = await pod.runs(message.headers, message.body);
          onAnswer(message.headers, status, to);
          return { kind: 'answer', status, headers, bodyHead: Buffer.from(body) };
        },
        failure: (reason): PostResult => ({ kind: 'failure', reason }),
        show: (result) => (result.kind === 'answer' ? String(result.status) : result.reason),
      })
      .catch((failure: PostResult) => failure);
  };
  return {
    post: (url, message, deadlineMs) =>
      url === FUNCTION_URL
        ? toFunction(message, deadlineMs)
        : sink.post(`${topic}-dlq`, message, process, deadlineMs),
    close: () => {},
  };
}

function idOf({ headers }: Message): string {
  return transactionId(headers['ce-source'] ?? '', headers['ce-id'] ?? '');
}

/** The engine tells of a record that nobody took in its log alone. */
function logOf({ onGivenUp }: DispatcherParts): Log {
  const error = (fields: { partition?: number; offset?: string; lost?: number }): void => {
    const { partition, offset, lost } = fields;
    if (lost !== undefined) onGivenUp(partition as number, BigInt(offset as string));
  };
  return { ...SILENT_LOG, error } as Log;
}
