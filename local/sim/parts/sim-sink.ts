import type { PostResult } from '../../eventing/delivery.ts';
import { eventToRecord } from '../../eventing/event-to-record.ts';
import { fromRequest } from '../../eventing/wire-event.ts';
import type { Faults } from '../faults/faults.ts';
import { createProcess, type SimProcess } from '../kernel/sim-process.ts';
import type { VirtualTime } from '../kernel/virtual-time.ts';
import type { Wire } from '../kernel/wire.ts';
import type { SimTopics, TopicName } from './sim-topics.ts';

export interface Message {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** KafkaSink: what is posted is written to a topic, and answered 202 once it is. */
export interface SimSink {
  /** Never rejects: an answer, or why there was none. */
  post(
    topic: TopicName,
    message: Message,
    from: SimProcess,
    deadlineMs: number,
  ): Promise<PostResult>;
  /** Nothing is taken for these topics for so long. */
  goAway(which: 'fraud' | 'dead letters', forMs: number): void;
  isAway(which: 'fraud' | 'dead letters'): boolean;
}

export function createSimSink(parts: {
  readonly topics: SimTopics;
  readonly time: VirtualTime;
  readonly wire: Wire;
  readonly faults: Faults;
}): SimSink {
  const { topics, time, wire, faults } = parts;
  const process = createProcess('outside', 'sink');
  const awayUntilMs = { fraud: 0, 'dead letters': 0 };
  const isAway = (which: keyof typeof awayUntilMs): boolean => time.nowMs < awayUntilMs[which];
  let written = 0;

  const take = (topic: TopicName, message: Message): PostResult => {
    const event = fromRequest(message.headers, message.body);
    if (event === undefined) return answer(400);
    topics.append(topic, eventToRecord(event, 'binary'));
    written += 1;
    const request = `${topic} ${event.attributes.id} ${written}`;
    const isRefused = topic === 'fraud' && faults.strikes('sink-503-after-write', request);
    return answer(isRefused ? 503 : 202);
  };
  return {
    isAway,
    post: (topic, message, from, deadlineMs) =>
      wire
        .call({
          name: `write ${topic} ${message.headers['ce-id']}`,
          from,
          deadlineMs,
          to: () => (isAway(topic === 'fraud' ? 'fraud' : 'dead letters') ? undefined : process),
          work: () => take(topic, message),
          failure: (reason): PostResult => ({ kind: 'failure', reason }),
          show: (result) => (result.kind === 'answer' ? String(result.status) : result.reason),
        })
        .catch((failure: PostResult) => failure),
    goAway(which, forMs) {
      awayUntilMs[which] = Math.max(awayUntilMs[which], time.nowMs + forMs);
    },
  };
}

function answer(status: number): PostResult {
  return { kind: 'answer', status, headers: {}, bodyHead: Buffer.alloc(0) };
}
