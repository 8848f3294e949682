import { formatAmount } from '#shared/domain/amount.ts';
import { pairKey } from '#shared/domain/pair.ts';
import type { TopicRecord } from '#shared/kafka/topic.ts';
import type { Label } from './core/label.ts';

/** A label as it is written to a file, one a line, or to a topic: names as in W1 and W2. */
export function labelToJson(label: Label): Record<string, unknown> {
  return {
    caseId: label.caseId,
    kind: label.kind,
    expected: label.expected,
    pair: label.pair,
    total: formatAmount(label.totalMinor),
    firstTimestamp: new Date(label.firstTimeMs).toISOString(),
    lastTimestamp: new Date(label.lastTimeMs).toISOString(),
    crossingId: label.crossingId,
    settledById: label.settledById,
    transactionIds: label.transactionIds,
  };
}

export function labelLine(label: Label): string {
  return `${JSON.stringify(labelToJson(label))}\n`;
}

export function labelRecord(label: Label): TopicRecord {
  return {
    key: pairKey(label.pair),
    value: Buffer.from(JSON.stringify(labelToJson(label))),
    headers: { 'content-type': 'application/json' },
  };
}
