import { describe, expect, it } from 'vitest';
import { toDeadLetter } from './dead-letter.ts';
import type { PostResult } from './delivery.ts';
import type { WireEvent } from './wire-event.ts';

const EVENT: WireEvent = {
  attributes: { specversion: '1.0', id: '1', source: '/s', type: 't' },
  contentType: 'text/plain',
  data: Buffer.from('x'),
};

function refusal(headers: Record<string, string> = {}, body = ''): PostResult {
  return { kind: 'answer', status: 422, headers, bodyHead: Buffer.from(body) };
}

function letter(result: PostResult): Readonly<Record<string, string>> {
  return toDeadLetter(EVENT, 'http://score', result).attributes;
}

describe('a dead letter (facts 1)', () => {
  it('is the event as it was, with where it could not go and the status', () => {
    const { data, contentType, attributes } = toDeadLetter(EVENT, 'http://score', refusal());
    expect({ data, contentType }).toEqual({ data: EVENT.data, contentType: 'text/plain' });
    expect(attributes).toMatchObject({
      ...EVENT.attributes,
      knativeerrordest: 'http://score',
      knativeerrorcode: '422',
    });
  });

  it("carries the first 1,024 bytes of the answer's body in base64", () => {
    const { knativeerrordata } = letter(refusal({}, 'é'.repeat(2000)));
    expect(Buffer.from(knativeerrordata as string, 'base64')).toHaveLength(1024);
  });

  it('carries each answer header Kne-x as extension x', () => {
    const headers = { 'kne-reason': 'late', 'Kne-Detail': 'older than 10 min', other: 'no' };
    const attributes = letter(refusal(headers));
    expect(attributes).toMatchObject({ reason: 'late', detail: 'older than 10 min' });
    expect(attributes).not.toHaveProperty('other');
  });

  it('drops Kne- names that no extension may have, and those of the event itself', () => {
    const headers = { 'kne-reason-code': 'x', 'kne-id': 'x', 'kne-type': 'x', 'kne-data': 'x' };
    const attributes = letter(refusal(headers));
    expect(attributes).toMatchObject(EVENT.attributes);
    expect(Object.keys(attributes)).not.toContain('reason-code');
    expect(attributes).not.toHaveProperty('data');
  });

  it('tells why where there was no answer, and then has no code', () => {
    const attributes = letter({ kind: 'failure', reason: 'no answer within 15000 ms' });
    expect(attributes).not.toHaveProperty('knativeerrorcode');
    expect(Buffer.from(attributes.knativeerrordata as string, 'base64').toString()).toBe(
      'no answer within 15000 ms',
    );
  });
});
