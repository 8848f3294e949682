import { Counter, type Registry } from 'prom-client';
import type { ErrorCode } from '#shared/errors.ts';
import { createRefusalCounter } from '#shared/refusal-counter.ts';

/** What generate counts. Labels are words of closed lists; no id and no account becomes one (P). */
export interface GenerateMetrics {
  readonly generated: (transactions: number) => void;
  readonly planted: (labels: number) => void;
  readonly ingested: (transactions: number) => void;
  readonly refused: (reason: ErrorCode) => void;
}

export function createGenerateMetrics(registry: Registry): GenerateMetrics {
  const registers = [registry];
  const written = new Counter({
    name: 'splitwatch_written_total',
    help: 'Transactions that Kafka has taken, by where they came from',
    labelNames: ['from'],
    registers,
  });
  const labels = new Counter({
    name: 'splitwatch_planted_cases_total',
    help: 'Planted cases whose settling transaction was made',
    registers,
  });
  // All series exist from the start, so that a rate over the first event is not lost.
  for (const from of ['traffic', 'post']) written.inc({ from }, 0);
  return {
    generated: (count) => written.inc({ from: 'traffic' }, count),
    planted: (count) => labels.inc(count),
    ingested: (count) => written.inc({ from: 'post' }, count),
    refused: createRefusalCounter(registry),
  };
}
