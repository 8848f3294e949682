/**
 * The rules of delivery, without any I/O: what counts as success, what is tried again, how long to
 * wait in between. Semantics: knative-extensions/eventing-kafka-broker, `spec.delivery`.
 */
export interface DeliverySpec {
  readonly retry?: number;
  readonly backoffPolicy?: 'linear' | 'exponential';
  /** ISO 8601, for example PT0.5S. */
  readonly backoffDelay?: string;
  /** Longest time for one request; ISO 8601. */
  readonly timeout?: string;
  readonly deadLetterSink?: { readonly uri: Uri };
}

/** An address, or a function that tells it anew for each request (processes come and go). */
export type Uri = string | (() => string);

export interface Delivery {
  readonly retries: number;
  readonly backoffPolicy: 'linear' | 'exponential';
  readonly backoffDelayMs: number;
  readonly timeoutMs: number;
  readonly deadLetterSink: Uri | undefined;
}

/**
 * What our manifests say: at most 121 s for one record, well under the broker's patience with a
 * consumer (max.poll.interval.ms, 300 s).
 */
export const MANIFEST_DELIVERY = {
  retry: 5,
  backoffPolicy: 'exponential',
  backoffDelay: 'PT0.5S',
  timeout: 'PT15S',
} as const satisfies DeliverySpec;

/** What Knative does without a `delivery` block: up to 614 s of waiting. */
export const KNATIVE_DEFAULT_DELIVERY: Delivery = {
  retries: 10,
  backoffPolicy: 'exponential',
  backoffDelayMs: 300,
  timeoutMs: 600_000,
  deadLetterSink: undefined,
};

/**
 * The delivery that a block asks for. A block replaces the defaults as a whole: one that names no
 * `retry` means none. Without a block Knative's defaults hold.
 * @throws RangeError for a duration or a number of retries that is none.
 */
export function resolveDelivery(spec: DeliverySpec | undefined): Delivery {
  if (spec === undefined) return KNATIVE_DEFAULT_DELIVERY;
  const { backoffDelayMs, timeoutMs } = KNATIVE_DEFAULT_DELIVERY;
  const retries = spec.retry ?? 0;
  if (!Number.isInteger(retries) || retries < 0) {
    throw new RangeError(`retry ${retries} is not a whole number from 0 on`);
  }
  return {
    retries,
    backoffPolicy: spec.backoffPolicy ?? 'exponential',
    backoffDelayMs: spec.backoffDelay === undefined ? backoffDelayMs : isoMs(spec.backoffDelay),
    timeoutMs: spec.timeout === undefined ? timeoutMs : isoMs(spec.timeout),
    deadLetterSink: spec.deadLetterSink?.uri,
  };
}

const ISO_DURATION = /^P(?!$)(?:(\d+)D)?(?:T(?=\d)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/;
const UNIT_MS = [86_400_000, 3_600_000, 60_000, 1000];

/** Milliseconds of an ISO 8601 duration: PT0.5S → 500. Throws RangeError on anything else. */
export function isoMs(duration: string): number {
  const match = ISO_DURATION.exec(duration);
  if (match === null) {
    throw new RangeError(`${JSON.stringify(duration)} is not a duration such as PT0.5S`);
  }
  return UNIT_MS.reduce((sum, unitMs, i) => sum + Number(match[i + 1] ?? 0) * unitMs, 0);
}

/** What one request came to: an answer that arrived whole, or why there was none. */
export type PostResult =
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly headers: Readonly<Record<string, string | string[] | undefined>>;
      /** The first 1,024 bytes of the body, or more where it was asked for. */
      readonly bodyHead: Buffer;
    }
  | { readonly kind: 'failure'; readonly reason: string };

const RETRIED_STATUSES = new Set([404, 408, 409, 429]);

/** Success is a whole answer with a status below 300. */
export function isDelivered(result: PostResult): boolean {
  return result.kind === 'answer' && result.status < 300;
}

/**
 * Whether the same request is made again: after 500 and above, 404, 408, 409, 429, and when there
 * was no whole answer. Retry-After is not read.
 */
export function isRetried(result: PostResult): boolean {
  if (result.kind === 'failure') return true;
  return result.status >= 500 || RETRIED_STATUSES.has(result.status);
}

/** Milliseconds to wait before retry number `attempt` (1 is the first). */
export function backoffMs(delivery: Delivery, attempt: number): number {
  const factor = delivery.backoffPolicy === 'linear' ? attempt : 2 ** attempt;
  return delivery.backoffDelayMs * factor;
}
