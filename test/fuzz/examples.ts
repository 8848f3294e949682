import { encodeFraud } from '#shared/events/fraud-event.ts';
import { fraudOf } from '../../functions/notify/fraud-examples.ts';
import type { FuzzRequest } from './fuzz-request.ts';

/** The clock of every run. */
export const NOW_MS = Date.parse('2026-11-22T10:00:00.000Z');

const LINE = 'Sunday, 22-Nov-26 09:59:47 UTC;66;26;7810';
const DATA = {
  timestamp: '2026-11-22T09:59:30.000Z',
  origin: '66',
  target: '26',
  amount: '7810.00',
  currency: 'USD',
};
const ATTRIBUTES = { specversion: '1.0', id: 'e-1', source: '/bank', type: 'any.transaction' };

type Headers = FuzzRequest['headers'];
const JSON_TYPE: Headers = [['content-type', 'application/json']];
const LINE_TYPE: Headers = [['content-type', 'text/plain']];
const STRUCTURED: Headers = [['content-type', 'application/cloudevents+json; charset=utf-8']];
const BATCH: Headers = [['content-type', 'application/cloudevents-batch+json']];
const BINARY: Headers = [
  ['ce-specversion', '1.0'],
  ['ce-id', 'e-1'],
  ['ce-source', '/bank'],
  ['ce-type', 'io.splitwatch.transaction.v1'],
  ['ce-time', '2026-11-22T09:59:30Z'],
  ['ce-partitionkey', '66:26'],
];

const text = (headers: Headers, body: string): FuzzRequest => ({
  headers,
  body: Buffer.from(body),
});
const json = (headers: Headers, body: unknown): FuzzRequest => text(headers, JSON.stringify(body));

/** One or more valid requests of each form of S4, as HTTP and KafkaSource bring them. */
export const TRANSACTION_EXAMPLES: Readonly<Record<string, readonly FuzzRequest[]>> = {
  line: [
    text(LINE_TYPE, LINE),
    text([], `${LINE}\r\n`),
    text(LINE_TYPE, '2026-11-22T11:29:47.123+01:30;{66};ünï codé 😀;0.5\n'),
  ],
  json: [
    json(JSON_TYPE, DATA),
    json([], { ...DATA, amount: 7810.5, id: 'a#b%c' }),
    text(
      JSON_TYPE,
      ` {"amount" : 12000, "origin":"a:b","target":"\\u0041\\ud83d\\ude00"
      ,"timestamp":"Sunday, 22-Nov-26 09:59:47 GMT","note":{"deep":[1,[2,{}]],"t":"x"}}\n`,
    ),
  ],
  binary: [
    json([...JSON_TYPE, ...BINARY], DATA),
    text([...LINE_TYPE, ...BINARY], LINE),
    text([...BINARY, ['ce-knativekafkaoffset', '7']], LINE),
    json([...JSON_TYPE, ...BINARY, ['ce-probe', 'true']], { ...DATA, origin: 'splitwatch-probe' }),
  ],
  structured: [
    json(STRUCTURED, { ...ATTRIBUTES, time: '2026-11-22T09:59:30Z', data: DATA }),
    json(STRUCTURED, { ...ATTRIBUTES, datacontenttype: 'text/plain', data: LINE, sequence: 7 }),
    json(STRUCTURED, {
      ...{ ...ATTRIBUTES, datacontenttype: 'application/json', probe: true },
      data_base64: Buffer.from(JSON.stringify(DATA)).toString('base64'),
    }),
  ],
  batch: [
    json(BATCH, [
      { ...ATTRIBUTES, data: DATA },
      { ...ATTRIBUTES, id: 'e-2', data: { ...DATA, amount: '9000' } },
      { ...ATTRIBUTES, id: 'e-3', data: LINE },
      { ...ATTRIBUTES, data: DATA },
    ]),
    json(BATCH, []),
  ],
};

const FRAUD = encodeFraud(fraudOf({ origin: 'a:b', target: 'ünï' }));
const FRAUD_DATA: unknown = JSON.parse(FRAUD.body);

/** The fraud event in both modes that notify reads (W2). */
export const FRAUD_EXAMPLES: Readonly<Record<string, readonly FuzzRequest[]>> = {
  binary: [text(Object.entries(FRAUD.headers), FRAUD.body)],
  structured: [
    json(STRUCTURED, {
      ...{ specversion: '1.0', id: 'alert/1', source: '/splitwatch/score' },
      ...{ type: 'io.splitwatch.fraud.v1', data: FRAUD_DATA },
    }),
  ],
};
