import { type CloudEvent, HTTP } from 'cloudevents';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { frauds } from './arbitrary-transaction.ts';
import { encodeFraud } from './fraud-event.ts';
import { fraudTexts } from './fraud-text.ts';
import { decodeHeaderValue } from './header-value.ts';

const OVERRIDES = { team: 'röd "1"' };
const anyFraud = fc
  .tuple(frauds, fc.boolean())
  .map(([fraud, isProbe]) => (isProbe ? { ...fraud, isProbe } : fraud));

test('says what the SDK says of the same event in binary mode, overrides too (W2)', () => {
  fc.assert(
    fc.property(anyFraud, (fraud) => {
      const { headers, body } = encodeFraud(fraud, OVERRIDES);
      const { 'content-type': datacontenttype, ...attributes } = headers;
      const expected: Record<string, unknown> = { datacontenttype };
      for (const [header, value] of Object.entries(attributes)) {
        expected[header.replace('ce-', '')] = decodeHeaderValue(value);
      }
      const { data, ...members } = JSON.parse(fraudTexts(OVERRIDES)(fraud));
      expect(members).toEqual(expected);
      expect(JSON.stringify(data)).toBe(body);
    }),
  );
});

test('is an event that the SDK decodes and finds valid (W2)', () => {
  fc.assert(
    fc.property(anyFraud, (fraud) => {
      const headers = { 'content-type': 'application/cloudevents+json' };
      const event = HTTP.toEvent({ headers, body: fraudTexts()(fraud) });
      expect((event as CloudEvent).validate()).toBe(true);
    }),
  );
});
