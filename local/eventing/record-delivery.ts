import type { StoredRecord } from '#shared/kafka/topic.ts';
import type { Log } from '#shared/log.ts';
import { toDeadLetter } from './dead-letter.ts';
import type { Delivery, PostResult, Uri } from './delivery.ts';
import type { Poster } from './post.ts';
import { bareEvent, eventToPost, recordToEvent, type SourceName } from './record-to-event.ts';
import { type SendResult, send } from './send.ts';
import type { Timers } from './timers.ts';
import type { WireEvent } from './wire-event.ts';

/** What a source counts of its records; `KafkaSourceStats` says what each means. */
export interface SourceCounts {
  delivered: number;
  retried: number;
  deadLettered: number;
  lost: number;
  inFlight: number;
}

export interface RecordDeliveryParts {
  readonly name: SourceName;
  readonly sinkUrl: Uri;
  readonly delivery: Delivery;
  readonly poster: Poster;
  readonly timers: Timers;
  readonly counts: SourceCounts;
  readonly log: Log;
}

/** What came of the last try, and where it was made. */
export interface Refusal {
  readonly result: PostResult;
  readonly url: string;
}

/** The way of one record: to the sink, else to the dead-letter sink, else lost and said so. */
export class RecordDelivery {
  readonly #parts: RecordDeliveryParts;

  constructor(parts: RecordDeliveryParts) {
    this.#parts = parts;
  }

  /**
   * Delivers one record by one POST, or dead-letters it, or loses it; true when it is settled by
   * that, false when `signal` ended it. Never rejects: a record of which no event can be made is
   * given up like one that is refused.
   */
  async deliver(record: StoredRecord, signal: AbortSignal): Promise<boolean> {
    const { counts } = this.#parts;
    counts.inFlight += 1;
    const isSettled = await this.#tryOut(record, signal)
      .catch((error: unknown) => this.#giveUpBroken(record, String(error), signal))
      .catch((error: unknown) => this.#lose(record, String(error)));
    counts.inFlight -= 1;
    return isSettled;
  }

  async #tryOut(record: StoredRecord, signal: AbortSignal): Promise<boolean> {
    const event = recordToEvent(record, this.#parts.name);
    const sent = await this.#send(this.#parts.sinkUrl, event, signal);
    if (sent.kind === 'refused') return this.#giveUp(record, event, sent, signal);
    if (sent.kind === 'delivered') this.#parts.counts.delivered += 1;
    return sent.kind === 'delivered';
  }

  /** As {@link deliver}, for a record that the sink has refused for good already. */
  async giveUp(record: StoredRecord, refusal: Refusal, signal: AbortSignal): Promise<boolean> {
    try {
      const event = recordToEvent(record, this.#parts.name);
      return await this.#giveUp(record, event, refusal, signal);
    } catch (error) {
      return this.#lose(record, String(error));
    }
  }

  async #giveUpBroken(record: StoredRecord, why: string, signal: AbortSignal): Promise<boolean> {
    const reason = `no event can be made of the record: ${why}`;
    const refusal: Refusal = { result: { kind: 'failure', reason }, url: 'none' };
    return this.#giveUp(record, bareEvent(record, this.#parts.name), refusal, signal);
  }

  async #giveUp(
    record: StoredRecord,
    event: WireEvent,
    refusal: Refusal,
    signal: AbortSignal,
  ): Promise<boolean> {
    const { delivery, counts, log } = this.#parts;
    const { topic, partition, offset } = record;
    const reason = describe(refusal.result);
    const uri = delivery.deadLetterSink;
    if (uri === undefined) return this.#lose(record, reason);
    const letter = toDeadLetter(event, refusal.url, refusal.result);
    const outcome = await this.#send(uri, letter, signal);
    if (outcome.kind === 'refused') return this.#lose(record, reason, describe(outcome.result));
    if (outcome.kind === 'abandoned') return false;
    counts.deadLettered += 1;
    log.warn({ topic, partition, offset: String(offset), reason }, 'dead letter');
    return true;
  }

  #lose({ topic, partition, offset }: StoredRecord, reason: string, deadLetterSink = 'none'): true {
    const { counts, log } = this.#parts;
    counts.lost += 1;
    const where = { topic, partition, offset: String(offset), reason };
    log.error({ ...where, deadLetterSink, lost: counts.lost }, 'LOST: nobody took the record');
    return true;
  }

  async #send(
    uri: Uri,
    event: WireEvent,
    signal: AbortSignal,
  ): Promise<SendResult & { url: string }> {
    const { name, delivery, poster, timers, counts } = this.#parts;
    const message = eventToPost(event, name.namespace);
    let url = '';
    const post = () => {
      url = typeof uri === 'string' ? uri : uri();
      return poster.post(url, message, delivery.timeoutMs);
    };
    const onRetry = () => {
      counts.retried += 1;
    };
    return { ...(await send(delivery, post, { signal, onRetry, timers })), url };
  }
}

function describe(result: PostResult): string {
  return result.kind === 'answer' ? `status ${result.status}` : result.reason;
}
