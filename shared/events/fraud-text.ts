import type { Fraud } from '#shared/domain/fraud.ts';
import { pairKey } from '#shared/domain/pair.ts';
import { FRAUD_SCHEMA, FRAUD_SOURCE, FRAUD_TYPE } from './event-types.ts';
import { fraudDataText, isoTime } from './fraud-event.ts';

/**
 * Makes the text of a fraud event in JSON, an item of a batch: what `encodeFraud` says in binary
 * mode, attribute by attribute. By hand, since the SDK's own making and checking costs ten times
 * what the text does; a test holds the two against each other.
 */
export function fraudTexts(
  extensions: Readonly<Record<string, string>> = {},
): (fraud: Fraud) => string {
  const head = JSON.stringify({
    ...extensions,
    specversion: '1.0',
    source: FRAUD_SOURCE,
    type: FRAUD_TYPE,
    datacontenttype: 'application/json',
    dataschema: FRAUD_SCHEMA,
  }).slice(0, -1);
  return (fraud) => {
    const key = JSON.stringify(pairKey(fraud.pair));
    const id = JSON.stringify(`${fraud.alertId}/${fraud.sequence}`);
    const probe = fraud.isProbe ? ',"probe":"true"' : '';
    return (
      `${head},"id":${id},"time":"${isoTime(fraud.lastTimeMs)}","subject":${key}` +
      `,"partitionkey":${key},"sequence":"${fraud.sequence}"${probe},"data":${fraudDataText(fraud)}}`
    );
  };
}
