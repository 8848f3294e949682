import { Counter, type Registry } from 'prom-client';
import { ERRORS, type ErrorCode } from '#shared/errors.ts';

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
  const refused = new Counter({
    name: 'splitwatch_refusals_total',
    help: 'Requests and batch items that were refused or failed, by reason (docs/errors.md)',
    labelNames: ['reason'],
    registers,
  });
  // All series exist from the start, so that a rate over the first event is not lost.
  for (const from of ['traffic', 'post']) written.inc({ from }, 0);
  for (const reason of Object.keys(ERRORS)) refused.inc({ reason }, 0);
  return {
    generated: (count) => written.inc({ from: 'traffic' }, count),
    planted: (count) => labels.inc(count),
    ingested: (count) => written.inc({ from: 'post' }, count),
    refused: (reason) => refused.inc({ reason }),
  };
}
