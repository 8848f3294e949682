import { Socket } from 'node:net';
import { expect, it } from 'vitest';
import { giveWholeReplies } from './whole-replies.ts';

const reply = (text: string): Buffer => {
  const body = Buffer.from(text);
  const length = Buffer.alloc(4);
  length.writeInt32BE(body.length);
  return Buffer.concat([length, body]);
};

/** What a socket gives out that these pieces reach. */
function given(pieces: readonly Buffer[]): { whole: string[]; socket: Socket } {
  const socket = giveWholeReplies(new Socket());
  const whole: string[] = [];
  socket.on('error', (error) => whole.push(error.message));
  socket.on('data', (chunk: Buffer) => whole.push(chunk.subarray(4).toString()));
  for (const piece of pieces) socket.emit('data', piece);
  return { whole, socket };
}

const ALL = Buffer.concat([reply('one'), reply(''), reply('three')]);

it.each([
  ['all at once', [ALL]],
  ['byte by byte', [...ALL].map((byte) => Buffer.from([byte]))],
  ['in two', [ALL.subarray(0, 9), ALL.subarray(9)]],
])('gives each reply whole that comes %s', (_how, pieces) => {
  expect(given(pieces).whole).toEqual(['one', '', 'three']);
});

it('gives nothing of a reply that is cut in the middle (L2)', () => {
  expect(given([reply('one'), reply('two').subarray(0, 6)]).whole).toEqual(['one']);
});

it('leaves a server that does not speak like a broker', () => {
  const { whole, socket } = given([Buffer.from([0xff, 0xff, 0xff, 0xff, 0])]);
  expect(socket.destroyed).toBe(true);
  expect(whole).toEqual([]);
});
