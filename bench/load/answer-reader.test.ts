import { expect, it } from 'vitest';
import { createAnswerReader } from './answer-reader.ts';

const ANSWERS = [
  'HTTP/1.1 204 No Content\r\ndate: now\r\n\r\n',
  'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n\r\n\r\nx',
  'HTTP/1.1 503 Busy\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\na\r\n0123456789\r\n0\r\n\r\n',
  'HTTP/1.1 202 Accepted\r\ncontent-length: 0\r\n\r\n',
];

it.each([1, 2, 7, 1000])('tells every answer once in pieces of %i bytes', (size) => {
  const bytes = Buffer.from(ANSWERS.join(''));
  const statuses: number[] = [];
  const read = createAnswerReader((status) => statuses.push(status));
  for (let at = 0; at < bytes.length; at += size) read(bytes.subarray(at, at + size));
  expect(statuses).toEqual([204, 200, 503, 202]);
});

it('tells nothing before an answer is whole', () => {
  const statuses: number[] = [];
  const read = createAnswerReader((status) => statuses.push(status));
  read(Buffer.from('HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nabcd'));
  expect(statuses).toEqual([]);
  read(Buffer.from('e'));
  expect(statuses).toEqual([200]);
});

it('refuses an answer whose end cannot be known', () => {
  const read = createAnswerReader(() => {});
  expect(() => read(Buffer.from('HTTP/1.1 200 OK\r\n\r\n'))).toThrow('without a length');
});
