import { encodeTransactionRecord } from '#shared/events/transaction-event.ts';
import type { TopicRecord } from '#shared/kafka/topic.ts';
import { encodeSeedLine } from '../../functions/generate/seed-line.ts';

export interface NumberedTransaction {
  readonly origin: string;
  readonly target: string;
  /** Whole dollars. */
  readonly amount: number;
  readonly eventTimeMs: number;
  /** From 1 on. */
  readonly number: number;
}

/** How one side is told a transaction, and how its fraud tells which one caused it. */
export interface Wire {
  readonly toRecord: (transaction: NumberedTransaction) => TopicRecord;
  /** The number in a record that was made of one. */
  readonly numberOf: (record: TopicRecord) => number;
  /** The number of the transaction that a fraud was said at; NaN where it does not tell. */
  readonly causeOf: (fraud: TopicRecord) => number;
}

/** For score: a CloudEvent whose id is the number. */
export const EVENTS: Wire = {
  toRecord: ({ origin, target, amount, eventTimeMs, number }) => {
    const transaction = { origin, target, currency: 'USD', amountMinor: amount * 100, eventTimeMs };
    return encodeTransactionRecord({ ...transaction, source: '/bench', eventId: `${number}` });
  },
  numberOf: ({ headers }) => Number(headers.ce_id),
  // Its newest member is the one that crossed.
  causeOf: ({ value }) => {
    const { transactions } = JSON.parse(String(value)) as { transactions: { id: string }[] };
    return Math.max(...transactions.map(({ id }) => Number(id.split('#')[1])));
  },
};

/** For Flink's job: the seeds' line with the number as a fifth field. */
export const LINES: Wire = {
  toRecord: ({ origin, target, amount, eventTimeMs, number }) => {
    const line = encodeSeedLine({ origin, target, amountMinor: amount * 100, eventTimeMs });
    return { key: `${origin}_${target}`, value: Buffer.from(`${line};${number}`), headers: {} };
  },
  numberOf: ({ value }) => Number(String(value).split(';')[4]),
  causeOf: ({ value }) => Number(/\nn=(\d+)$/.exec(String(value))?.[1]),
};
