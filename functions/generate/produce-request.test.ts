import { describe, expect, test } from 'vitest';
import { GENERATE_LIMITS, PRODUCE_DEFAULTS } from './limits.ts';
import { decodeProduceRequest } from './produce-request.ts';

const JSON_TYPE = { 'content-type': 'application/json' };
const options = { limits: GENERATE_LIMITS, defaults: PRODUCE_DEFAULTS, nowMs: 1_767_603_600_000.5 };

const decode = (body: string, headers: Record<string, string> = JSON_TYPE) =>
  decodeProduceRequest(headers, Buffer.from(body), options);

describe('a request to produce', () => {
  test('may say nothing at all: a hundred transactions from now on, at once', () => {
    const expected = {
      speed: undefined,
      format: 'event',
      traffic: {
        ...{ count: 100, shape: 'realistic', accounts: 5000, ratePerSecond: 1000 },
        ...{ seed: 1_767_603_600_000, startTimeMs: 1_767_603_600_000 },
        ...{ windowMs: 600_000, thresholdMinor: 1_000_000 },
      },
    };
    expect(decode('', {})).toEqual(expected);
    expect(decode('{}')).toEqual(expected);
  });

  test('says count, rate, seed, shape, accounts and share; with a rate it is paced by the clock', () => {
    const asked = { count: 50, rate: 2.5, seed: 7, accounts: 20, plantedShare: 0.5 };
    const { traffic, speed } = decode(JSON.stringify(asked));
    expect(speed).toBe(1);
    const { rate, ...same } = asked;
    expect(traffic).toMatchObject({ ...same, ratePerSecond: rate });
    expect(decode('{"shape":"seed","format":"line"}')).toMatchObject({
      format: 'line',
      traffic: { shape: 'seed' },
    });
    expect(decode('{"shape":"seed"}').traffic.accounts).toBeUndefined();
  });

  test('comes as a CloudEvent too, binary or structured, as a PingSource sends it', () => {
    const event = {
      specversion: '1.0',
      id: '1',
      source: '/apis/v1/namespaces/default/pingsources/traffic',
      type: 'dev.knative.sources.ping',
    };
    const headers = Object.fromEntries(Object.entries(event).map(([k, v]) => [`ce-${k}`, v]));
    expect(decode('{"count":3}', { ...JSON_TYPE, ...headers }).traffic.count).toBe(3);
    const whole = { ...event, datacontenttype: 'application/json', data: { count: 4 } };
    const structured = { 'content-type': 'application/cloudevents+json' };
    expect(decode(JSON.stringify(whole), structured).traffic.count).toBe(4);
  });

  test.each([
    ['{"count":0}', 'invalid', 'count'],
    ['{"count":100001}', 'invalid', 'count'],
    ['{"count":1.5}', 'invalid', 'count'],
    ['{"count":"9"}', 'invalid', 'count'],
    ['{"rate":0}', 'invalid', 'rate'],
    ['{"rate":10001}', 'invalid', 'rate'],
    ['{"rate":1e999}', 'invalid', 'rate'],
    ['{"count":1000,"rate":10}', 'invalid', 'rate'],
    ['{"shape":"round"}', 'invalid', 'shape'],
    ['{"format":"xml"}', 'invalid', 'format'],
    ['{"accounts":1}', 'invalid', 'accounts'],
    ['{"plantedShare":1.1}', 'invalid', 'plantedShare'],
    ['{"cuont":5}', 'invalid', 'body'],
    ['[1]', 'malformed', 'body'],
    ['{', 'malformed', 'body'],
  ])('refuses %s as %s, naming %s (H)', (body, code, field) => {
    expect(() => decode(body)).toThrowError(expect.objectContaining({ code, field }));
  });

  test('refuses other content types as mediatype (H)', () => {
    for (const type of ['text/html', 'application/cloudevents-batch+json']) {
      expect(() => decode('{}', { 'content-type': type })).toThrowError(
        expect.objectContaining({ code: 'mediatype' }),
      );
    }
  });
});
