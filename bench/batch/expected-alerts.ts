import { formatAmount } from '#shared/domain/amount.ts';
import type { Rule } from '#shared/domain/rule.ts';
import { type Transaction, transactionId } from '#shared/domain/transaction.ts';
import type { StoredRecord } from '#shared/kafka/topic.ts';
import { alertId } from '../../functions/score/core/alert-id.ts';
import { recordToEvent, type SourceName } from '../../local/eventing/record-to-event.ts';
import { createPairOracle } from '../../test/oracle/oracle.ts';

/** The rule of score's default settings. */
export const RULE: Rule = {
  ...{ id: 'pair-total', version: 1, groupBy: 'pair', windowMs: 600_000 },
  ...{ allowedLatenessMs: 600_000, thresholdMinor: 1_000_000, updates: 'doubling' },
};

/** A fraud event in one word: `ALERT/SEQUENCE=TOTAL`. */
export function alertWord(id: string, sequence: number, total: string): string {
  return `${id}/${sequence}=${total}`;
}

/**
 * What score must say about lines of the seed stream, by the naive oracle: take in all records with
 * `add`, each partition in its order, then ask for `words`.
 */
export function createExpectedAlerts(source: SourceName) {
  const pairs = new Map<string, Transaction[]>();
  return {
    add(record: StoredRecord): void {
      const [time = '', origin = '', target = '', amount] = String(record.value).split(';');
      const { attributes } = recordToEvent(record, source);
      const transaction = {
        id: transactionId(attributes.source ?? '', attributes.id ?? ''),
        ...{ origin, target, currency: 'USD', amountMinor: Number(amount) * 100 },
        eventTimeMs: eventTimeOf(time),
      };
      const key = record.key ?? '';
      const known = pairs.get(key);
      if (known === undefined) pairs.set(key, [transaction]);
      else known.push(transaction);
    },
    /** Every fraud event that is due, in one word each. */
    words(): Set<string> {
      const words = new Set<string>();
      for (const transactions of pairs.values()) addWords(words, transactions);
      return words;
    },
  };
}

function addWords(words: Set<string>, transactions: readonly Transaction[]): void {
  const all = transactions.reduce((sum, { amountMinor }) => sum + amountMinor, 0);
  if (all <= RULE.thresholdMinor) return; // never, whatever the window
  const oracle = createPairOracle(RULE);
  for (const transaction of transactions) {
    for (const { openingId, sequence, totalMinor } of oracle(transaction).events) {
      const id = alertId(RULE, transaction, openingId);
      words.add(alertWord(id, sequence, formatAmount(totalMinor)));
    }
  }
}

let lastText = '';
let lastMs = 0;

/** `Sunday, 23-Jul-17 01:06:47 UTC`; a thousand lines have the same. */
function eventTimeOf(text: string): number {
  if (text !== lastText) lastMs = Date.parse(text.replace(/^\w+, (\d+)-(\w+)-(\d+)/, '$1 $2 20$3'));
  lastText = text;
  return lastMs;
}
