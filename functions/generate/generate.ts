import { pairKey } from '#shared/domain/pair.ts';
import { encodeTransactionRecord } from '#shared/events/transaction-event.ts';
import type { TopicRecord } from '#shared/kafka/topic.ts';
import type { Clock } from './clock.ts';
import type { Label } from './core/label.ts';
import { type Delivery, traffic } from './core/traffic.ts';
import { DEFAULT_START_TIME_MS, type TrafficOptions } from './core/traffic-options.ts';
import { encodeSeedLine } from './seed-line.ts';

export type RecordFormat = 'event' | 'line';

export interface GenerateOptions {
  readonly traffic: TrafficOptions;
  /**
   * How many milliseconds of event time pass in one of the clock: a delivery is sent when that much
   * has passed since the first. Undefined: as fast as the records are taken.
   */
  readonly speed: number | undefined;
  /** `event`: a binary CloudEvent (W1); `line`: the seeds' line. Default `event`. */
  readonly format?: RecordFormat;
  /** Most deliveries in one write; default 500. */
  readonly batchMax?: number;
  /** Ends the run after what is being written now. */
  readonly signal?: AbortSignal;
}

/** Where the traffic goes, in the order of the calls: the labels of a batch, then its records. */
export interface GeneratePorts {
  /** Resolves when the records are safe. Waiting for it is what slows the traffic down. */
  readonly write: (records: readonly TopicRecord[]) => Promise<void>;
  readonly writeLabels?: (labels: readonly Label[]) => Promise<void>;
  /** Told of each batch just before it is written; a judge listens here. */
  readonly onBatch?: (batch: Batch) => void;
  readonly clock: Clock;
}

export interface Batch {
  readonly labels: readonly Label[];
  readonly deliveries: readonly Delivery[];
}

/** What was written, and acknowledged. */
export interface GenerateSummary {
  readonly written: number;
  /** Of those, deliveries of a transaction that was delivered before. */
  readonly repeated: number;
  readonly labels: number;
  readonly lastTimeMs: number | undefined;
  readonly elapsedMs: number;
}

const BATCH_MAX = 500;

/**
 * Makes traffic and writes it, at the pace of the clock, in small batches: whatever is due goes in
 * one write, one write at a time. When writing is slower than the pace, batches grow up to
 * `batchMax` and the traffic falls behind its plan; it catches up when it can, so the rate on
 * average is the one that was asked for.
 *
 * Resolves at the end of the traffic, or when the signal aborts, with what was written.
 * @throws RangeError for options that no traffic can be made of, and whatever `write` rejects with;
 * what was written before stays written.
 */
export async function generate(
  options: GenerateOptions,
  ports: GeneratePorts,
): Promise<GenerateSummary> {
  const { speed, signal, batchMax = BATCH_MAX } = options;
  const { clock } = ports;
  const format = options.format ?? 'event';
  const encode = encoderOf(format);
  const tally = { written: 0, repeated: 0, labels: 0, lastTimeMs: undefined as number | undefined };
  const startMs = clock.nowMs();
  let deliveries: Delivery[] = [];
  let labels: Label[] = [];

  const flush = async (): Promise<void> => {
    if (deliveries.length === 0) return;
    const batch = { labels, deliveries };
    [labels, deliveries] = [[], []];
    ports.onBatch?.(batch);
    if (batch.labels.length > 0) await ports.writeLabels?.(batch.labels);
    await ports.write(batch.deliveries.map(encode));
    tally.written += batch.deliveries.length;
    tally.repeated += batch.deliveries.filter((delivery) => delivery.isRepeat).length;
    tally.labels += batch.labels.length;
    tally.lastTimeMs = batch.deliveries.at(-1)?.transaction.eventTimeMs;
    // A turn of the event loop, so that a writer that is never slow leaves room for signals.
    await clock.sleep(0, signal);
  };

  for (const item of traffic(trafficFor(format, options.traffic))) {
    if ('label' in item) {
      labels.push(item.label);
      continue;
    }
    const { delivery } = item;
    const dueAtMs = speed === undefined ? startMs : startMs + delivery.dueMs / speed;
    if (dueAtMs > clock.nowMs()) {
      await flush();
      await sleepUntil(dueAtMs, clock, signal);
    }
    if (signal?.aborted) break;
    deliveries.push(delivery);
    if (deliveries.length >= batchMax) await flush();
  }
  if (!signal?.aborted) await flush();
  return { ...tally, elapsedMs: clock.nowMs() - startMs };
}

/**
 * What a format can carry: lines say whole seconds and no id, so there two deliveries of one
 * transaction would be two transactions.
 */
function trafficFor(format: RecordFormat, options: TrafficOptions): TrafficOptions {
  if (format === 'event') return options;
  const startTimeMs = options.startTimeMs ?? DEFAULT_START_TIME_MS;
  const wholeSecondMs = startTimeMs - (startTimeMs % 1000);
  return { ...options, startTimeMs: wholeSecondMs, resolutionMs: 1000, duplicateShare: 0 };
}

function encoderOf(format: RecordFormat): (delivery: Delivery) => TopicRecord {
  if (format === 'line') {
    return ({ transaction }) => ({
      key: pairKey(transaction),
      value: Buffer.from(encodeSeedLine(transaction)),
      headers: {},
    });
  }
  return ({ source, eventId, transaction }) => {
    const { eventTimeMs, origin, target, amountMinor, currency } = transaction;
    const outgoing = { source, eventId, eventTimeMs, origin, target, amountMinor, currency };
    return encodeTransactionRecord(outgoing);
  };
}

// A timer of many days would fire at once; and a clock that was set is noticed.
const SLEEP_MAX_MS = 60_000;

async function sleepUntil(dueAtMs: number, clock: Clock, signal?: AbortSignal): Promise<void> {
  for (;;) {
    const waitMs = dueAtMs - clock.nowMs();
    if (waitMs <= 0 || signal?.aborted) return;
    await clock.sleep(Math.min(Math.ceil(waitMs), SLEEP_MAX_MS), signal);
  }
}
