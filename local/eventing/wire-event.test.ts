import { CloudEvent, HTTP } from 'cloudevents';
import { describe, expect, it } from 'vitest';
import {
  formatStructured,
  fromRequest,
  isCloudEvent,
  isStructured,
  parseStructured,
  toBinaryRequest,
  type WireEvent,
} from './wire-event.ts';

const EVENT: WireEvent = {
  attributes: { specversion: '1.0', id: '1', source: '/s', type: 't', partitionkey: '66:26' },
  contentType: 'application/json',
  data: Buffer.from('{"a":1}'),
};

describe('a CloudEvent', () => {
  it.each(['specversion', 'id', 'source', 'type'])('is none without %s', (name) => {
    expect(isCloudEvent({ ...EVENT, attributes: { ...EVENT.attributes, [name]: '' } })).toBe(false);
  });

  it('is none with an unknown specversion or a misnamed attribute', () => {
    const { attributes } = EVENT;
    expect(isCloudEvent({ ...EVENT, attributes: { ...attributes, specversion: '9.9' } })).toBe(
      false,
    );
    expect(isCloudEvent({ ...EVENT, attributes: { ...attributes, 'a b': 'x' } })).toBe(false);
  });

  it('is read by the SDK as we send it', () => {
    const { headers, body } = toBinaryRequest(EVENT);
    const read = HTTP.toEvent({ headers, body: body.toString() }) as CloudEvent<unknown>;
    expect(read).toMatchObject({ ...EVENT.attributes, data: { a: 1 } });
  });

  it.each(['binary', 'structured'] as const)('is read by us as the SDK sends it, %s', (mode) => {
    const sent = HTTP[mode](new CloudEvent({ ...EVENT.attributes, data: { a: 1 } } as never));
    const read = fromRequest(sent.headers as never, Buffer.from(sent.body as string));
    expect(read?.attributes).toMatchObject(EVENT.attributes);
    expect(JSON.parse(String(read?.data))).toEqual({ a: 1 });
  });

  it('is none where a header cannot be decoded', () => {
    const { headers, body } = toBinaryRequest(EVENT);
    expect(fromRequest({ ...headers, 'ce-subject': '%FF' }, body)).toBeUndefined();
  });

  it('is the same after it was formatted in structured mode and parsed', () => {
    expect(parseStructured(formatStructured(EVENT))).toEqual(EVENT);
    const bytes = { ...EVENT, contentType: 'image/png', data: Buffer.from([0, 255]) };
    expect(parseStructured(formatStructured(bytes))).toEqual(bytes);
  });

  it('keeps text data as text in structured mode, and JSON text as JSON', () => {
    const json = (more: object): Buffer =>
      Buffer.from(JSON.stringify({ ...EVENT.attributes, ...more }));
    const line = parseStructured(json({ datacontenttype: 'text/plain', data: 'a;b' }));
    expect(String(line?.data)).toBe('a;b');
    expect(String(parseStructured(json({ data: 'a;b' }))?.data)).toBe('"a;b"');
    expect(parseStructured(json({ data: 0 }))?.data.toString()).toBe('0');
    expect(parseStructured(json({}))?.data).toHaveLength(0);
  });

  it.each([
    '',
    'null',
    '[]',
    '{"id":1}',
    '{"specversion":"1.0","id":"1","source":"/","type":"t","x":{}}',
    'not json',
  ])('is not in %j', (text) => {
    expect(parseStructured(Buffer.from(text))).toBeUndefined();
  });

  it.each([
    ['application/cloudevents+json', true],
    ['Application/CloudEvents+JSON; charset=UTF-8', true],
    ['application/cloudevents-batch+json', false],
    ['application/json', false],
    [undefined, false],
  ])('is structured when the content type is %s: %s', (contentType, expected) => {
    expect(isStructured(contentType)).toBe(expected);
  });
});
