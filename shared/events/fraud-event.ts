import { CloudEvent, HTTP } from 'cloudevents';
import { formatAmount } from '#shared/domain/amount.ts';
import type { Fraud, FraudMember } from '#shared/domain/fraud.ts';
import { pairKey } from '#shared/domain/pair.ts';
import { FRAUD_SCHEMA, FRAUD_SOURCE, FRAUD_TYPE } from './event-types.ts';
import { encodeHeaderValue } from './header-value.ts';

export { decodeFraud } from './decode-fraud.ts';
export { FRAUD_TYPE } from './event-types.ts';

/**
 * Room for the data of one fraud event, bytes. KafkaSink and brokers take records up to 1 MiB
 * (facts 2); the rest is for headers and for what others add.
 */
export const FRAUD_DATA_MAX_BYTES = 900_000;

/** The data of a fraud event (W2), as it stands on the wire. */
export interface FraudData {
  readonly alertId: string;
  readonly sequence: number;
  readonly rule: { readonly id: string; readonly version: number };
  readonly pair: { readonly origin: string; readonly target: string; readonly currency: string };
  readonly firstTimestamp: string;
  readonly lastTimestamp: string;
  readonly total: string;
  readonly threshold: string;
  readonly windowMs: number;
  readonly transactionCount: number;
  readonly truncated: boolean;
  readonly transactions: readonly FraudMemberData[];
}

export interface FraudMemberData {
  readonly id: string;
  readonly timestamp: string;
  readonly amount: string;
}

/** The data object of W2. */
export function fraudToJson(fraud: Fraud): FraudData {
  const { origin, target, currency } = fraud.pair;
  return {
    alertId: fraud.alertId,
    sequence: fraud.sequence,
    rule: { id: fraud.rule.id, version: fraud.rule.version },
    pair: { origin, target, currency },
    firstTimestamp: isoTime(fraud.firstTimeMs),
    lastTimestamp: isoTime(fraud.lastTimeMs),
    total: formatAmount(fraud.totalMinor),
    threshold: formatAmount(fraud.thresholdMinor),
    windowMs: fraud.windowMs,
    transactionCount: fraud.transactionCount,
    truncated: fraud.truncated,
    transactions: fraud.transactions.map(memberToJson),
  };
}

/**
 * The fraud event as an HTTP request: a CloudEvent in binary mode (W2), built and validated by the
 * SDK. The same fraud always makes the same bytes, so sending it again is sending the same event.
 * Members with ids so long that they do not fit are left out, oldest first, and `truncated` says
 * so.
 */
export function encodeFraud(
  fraud: Fraud,
  extensions: Readonly<Record<string, string>> = {},
): { headers: Record<string, string>; body: string } {
  const key = pairKey(fraud.pair);
  const event = new CloudEvent({
    ...extensions,
    ...(fraud.isProbe && { probe: 'true' }),
    id: `${fraud.alertId}/${fraud.sequence}`,
    source: FRAUD_SOURCE,
    type: FRAUD_TYPE,
    time: isoTime(fraud.lastTimeMs),
    subject: key,
    partitionkey: key,
    sequence: String(fraud.sequence),
    datacontenttype: 'application/json',
    dataschema: FRAUD_SCHEMA,
    data: fraudDataText(fraud),
  });
  const message = HTTP.binary(event);
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(message.headers)) {
    const text = String(value);
    headers[name] = name.startsWith('ce-') ? encodeHeaderValue(text) : text;
  }
  return { headers, body: message.body as string };
}

/** The data as it is sent: within what a record may hold, the oldest members left out for that. */
export function fraudDataText(fraud: Fraud): string {
  const data = fraudToJson(fraud);
  const text = JSON.stringify(data);
  let excessBytes = Buffer.byteLength(text) - FRAUD_DATA_MAX_BYTES;
  if (excessBytes <= 0) return text;
  let dropped = 0;
  while (excessBytes > 0 && dropped < data.transactions.length) {
    excessBytes -= Buffer.byteLength(JSON.stringify(data.transactions[dropped])) + 1;
    dropped += 1;
  }
  const transactions = data.transactions.slice(dropped);
  return JSON.stringify({ ...data, truncated: true, transactions });
}

function memberToJson(member: FraudMember): FraudMemberData {
  return {
    id: member.id,
    timestamp: isoTime(member.eventTimeMs),
    amount: formatAmount(member.amountMinor),
  };
}

export function isoTime(timeMs: number): string {
  return new Date(timeMs).toISOString();
}
