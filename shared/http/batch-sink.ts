import type { Fraud } from '#shared/domain/fraud.ts';
import type { AppError } from '#shared/errors.ts';
import { BATCH_MEDIA_TYPE } from '#shared/events/cloud-event.ts';
import { fraudTexts } from '#shared/events/fraud-text.ts';
import { createPostClient, type PostClient } from './post-client.ts';
import {
  createHttpSink,
  type HttpSink,
  isTaken,
  lateAnswer,
  notReached,
  refusedBy,
} from './sink-client.ts';

/** As much as a KafkaSink reads, and as a record may hold. */
const BATCH_MAX_BYTES = 1024 * 1024;
const BATCH_MAX_EVENTS = 500;

interface Waiting {
  readonly fraud: Fraud;
  readonly text: string;
  readonly endMs: number;
  readonly resolve: () => void;
  readonly reject: (error: AppError) => void;
}

/**
 * A client for a sink that takes batches, which ours does and Knative's does not: the fraud events
 * that wait at the same moment go together, and while one POST is under way the next gathers. A
 * batch that the sink does not understand goes again one by one, so that none spoils the others.
 * Each event has the deadline of its own call.
 */
export function createBatchSink(options: {
  url: string;
  timeoutMs: number;
  overrides?: Readonly<Record<string, string>>;
}): HttpSink {
  return new BatchSink(options);
}

class BatchSink implements HttpSink {
  readonly #client: PostClient;
  readonly #single: HttpSink;
  readonly #textOf: (fraud: Fraud) => string;
  readonly #timeoutMs: number;
  #waiting: Waiting[] = [];
  #underWay: readonly Waiting[] = [];
  #abort = new AbortController();
  #isBusy = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: Parameters<typeof createBatchSink>[0]) {
    this.#client = createPostClient(options.url);
    this.#single = createHttpSink(options);
    this.#textOf = fraudTexts(options.overrides);
    this.#timeoutMs = options.timeoutMs;
  }

  send(fraud: Fraud): Promise<void> {
    return new Promise((resolve, reject) => {
      const endMs = performance.now() + this.#timeoutMs;
      this.#waiting.push({ fraud, text: this.#textOf(fraud), endMs, resolve, reject });
      if (this.#timer === undefined) this.#watchDeadlines();
      if (this.#isBusy) return;
      this.#isBusy = true;
      // Once this turn's other events have come too.
      setImmediate(() => void this.#postAll());
    });
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#client.close();
    this.#single.close();
  }

  /** Never rejects. */
  async #postAll(): Promise<void> {
    while (this.#waiting.length > 0) {
      const { batch, body } = this.#nextBatch();
      this.#underWay = batch;
      this.#abort = new AbortController();
      const headers = { 'content-type': BATCH_MEDIA_TYPE };
      const posting = this.#client.post({ headers, body }, this.#abort.signal);
      await posting.then(
        (status) => this.#settle(batch, status),
        (cause: unknown) => {
          for (const { reject } of batch) reject(notReached(cause));
        },
      );
      this.#underWay = [];
    }
    this.#isBusy = false;
  }

  #nextBatch(): { batch: readonly Waiting[]; body: Buffer } {
    let bytes = 2;
    let count = 0;
    for (const { text } of this.#waiting) {
      bytes += Buffer.byteLength(text) + 1;
      if (count === BATCH_MAX_EVENTS || (count > 0 && bytes > BATCH_MAX_BYTES)) break;
      count += 1;
    }
    const batch = this.#waiting.slice(0, count);
    this.#waiting = this.#waiting.slice(count);
    return { batch, body: Buffer.from(`[${batch.map(({ text }) => text).join(',')}]`) };
  }

  #settle(batch: readonly Waiting[], status: number): void {
    const isNotUnderstood = status >= 400 && status < 500 && status !== 408 && status !== 429;
    for (const { fraud, resolve, reject } of batch) {
      if (isTaken(status)) resolve();
      else if (isNotUnderstood) this.#single.send(fraud).then(resolve, reject);
      else reject(refusedBy(status));
    }
  }

  /** One timer for all, since they end in the order in which they came. */
  #watchDeadlines(): void {
    const nowMs = performance.now();
    const isOpen = ({ endMs }: Waiting): boolean => endMs > nowMs;
    const first = this.#underWay.find(isOpen) ?? this.#waiting.find(isOpen);
    if (this.#timer !== undefined || first === undefined) return;
    this.#timer = setTimeout(() => this.#endLate(), Math.ceil(first.endMs - nowMs)).unref();
  }

  #endLate(): void {
    this.#timer = undefined;
    const nowMs = performance.now();
    const isLate = ({ endMs }: Waiting): boolean => endMs <= nowMs;
    for (const { reject } of [...this.#underWay, ...this.#waiting].filter(isLate)) {
      reject(lateAnswer(this.#timeoutMs));
    }
    this.#waiting = this.#waiting.filter((one) => !isLate(one));
    if (this.#underWay.length > 0 && this.#underWay.every(isLate)) this.#abort.abort();
    this.#watchDeadlines();
  }
}
