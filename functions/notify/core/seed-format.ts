import { formatSeedAmount } from '#shared/domain/amount.ts';
import type { Fraud, FraudMember } from '#shared/domain/fraud.ts';
import type { Pair } from '#shared/domain/pair.ts';

/**
 * The viewer's lines, as the seeds' "actor" printed them, byte for byte:
 *
 *     Broker:   127.0.0.1:9092
 *     Topic:   fraud
 *
 *     Detected Fraud:   TransactionAggregate {startTimestamp=1562784330000, …, totalAmount=11612:
 *     Transaction{timestamp=1562784330000, origin=1, target='5', amount=5175}
 *     Transaction{timestamp=1562784331000, origin=1, target='5', amount=6437}}
 *
 * One thing is mended: the seeds' startTimestamp was always 0. Whole dollars have no decimals.
 */
export function formatSeedAlert(fraud: Fraud): string {
  const head = [
    `startTimestamp=${fraud.firstTimeMs}`,
    `endTimestamp=${fraud.lastTimeMs}`,
    `totalAmount=${formatSeedAmount(fraud.totalMinor)}:`,
  ].join(', ');
  const members = fraud.transactions.map((member) => formatMember(fraud.pair, member));
  return `\nDetected Fraud:   TransactionAggregate {${[head, ...members].join('\n')}}\n`;
}

/** What the viewer prints once, at its start. */
export function seedHeader(broker: string, topic: string): string {
  return `Broker:   ${escapeText(broker)}\nTopic:   ${escapeText(topic)}\n`;
}

function formatMember(pair: Pair, member: FraudMember): string {
  const origin = escapeText(pair.origin);
  const target = escapeText(pair.target);
  const amount = formatSeedAmount(member.amountMinor);
  const fields = `timestamp=${member.eventTimeMs}, origin=${origin}, target='${target}'`;
  return `Transaction{${fields}, amount=${amount}}`;
}

// What could end a field, a record or a line, or turn a terminal's text around.
const FORGING = /[\\',{}]|[\p{C}\p{Zl}\p{Zp}]/gu;

/** An account's name cannot forge a field or a line: `a'b` → `a\'b`, a line feed → `\u{a}` (P). */
function escapeText(text: string): string {
  return text.replace(FORGING, (character) => {
    if (/[\\',{}]/.test(character)) return `\\${character}`;
    return `\\u{${character.codePointAt(0)?.toString(16)}}`;
  });
}
