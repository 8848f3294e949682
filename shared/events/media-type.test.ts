import { expect, test } from 'vitest';
import { mediaTypeOf } from './media-type.ts';

test.each([
  ['application/json', 'application/json'],
  ['Application/JSON', 'application/json'],
  ['application/json; charset=utf-8', 'application/json'],
  ['application/cloudevents+json;charset=UTF-8', 'application/cloudevents+json'],
  ['application/json ; Charset="Utf-8" ; profile=x', 'application/json'],
  ['application/json;', 'application/json'],
  ['text/plain; format=flowed; charset=utf-8', 'text/plain'],
])('reads %s (H)', (header, mediaType) => {
  expect(mediaTypeOf(header)).toBe(mediaType);
});

test.each([
  [''],
  ['json'],
  ['application/'],
  ['application/json charset=utf-8'],
  ['application/json; charset'],
  ['application/json; charset=latin1'],
  ['text/plain; charset="utf-16"'],
  ['text/plain; charset=utf-8; charset=iso-8859-1'],
  ['application/json, text/plain'],
])('refuses %j as a media type (H)', (header) => {
  expect(() => mediaTypeOf(header)).toThrow(expect.objectContaining({ code: 'mediatype' }));
});
