import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { ErrorCode } from '#shared/errors.ts';
import { createRefusalCounter } from '#shared/refusal-counter.ts';
import type { FraudSink } from './fraud-sink.ts';
import type { AcceptedOutcome } from './outcome-json.ts';

/**
 * What score counts. Labels take words from closed lists only: no id and no account ever becomes
 * one (P).
 */
export interface ScoreMetrics {
  readonly accepted: (kind: AcceptedOutcome['kind']) => void;
  readonly refused: (reason: ErrorCode) => void;
  readonly senderGone: () => void;
  readonly inFlight: (requests: number) => void;
  readonly took: (seconds: number) => void;
}

const KINDS: readonly AcceptedOutcome['kind'][] = ['counted', 'crossed', 'updated', 'duplicate'];
const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

export function createScoreMetrics(registry: Registry): ScoreMetrics {
  const registers = [registry];
  // Counted in numbers and told when somebody asks: a counter with a label costs more than a look
  // into the state of a pair.
  const counts = { counted: 0, crossed: 0, updated: 0, duplicate: 0 };
  let requests = 0;
  new Counter({
    name: 'splitwatch_transactions_total',
    help: 'Transactions that were accepted, by outcome',
    labelNames: ['outcome'],
    registers,
    collect() {
      this.reset();
      // All series exist from the start, so that a rate over the first event is not lost.
      for (const outcome of KINDS) this.inc({ outcome }, counts[outcome]);
    },
  });
  const gone = new Counter({
    name: 'splitwatch_senders_gone_total',
    help: 'Requests whose sender went away before its body had come',
    registers,
  });
  new Gauge({
    name: 'splitwatch_requests_in_flight',
    help: 'Requests on the event path that are being handled',
    registers,
    collect() {
      this.set(requests);
    },
  });
  const duration = new Histogram({
    name: 'splitwatch_request_duration_seconds',
    help: 'From a request with its body on the event path to its answer',
    buckets: SECONDS,
    registers,
  });
  return {
    accepted: (outcome) => {
      counts[outcome] += 1;
    },
    refused: createRefusalCounter(registry),
    senderGone: () => gone.inc(),
    inFlight: (now) => {
      requests = now;
    },
    took: (seconds) => duration.observe(seconds),
  };
}

/** The sink, with the fraud events that it accepted counted. */
export function createMeteredSink(sink: FraudSink, registry: Registry): FraudSink {
  const sent = new Counter({
    name: 'splitwatch_fraud_events_total',
    help: 'Fraud events that the sink accepted, those sent again included',
    registers: [registry],
  });
  return {
    send: async (fraud) => {
      await sink.send(fraud);
      sent.inc();
    },
  };
}
