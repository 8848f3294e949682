import { describe, expect, it } from 'vitest';
import { eventsOf, type StreamEvent } from './event-stream.ts';

async function readAll(body: AsyncIterable<Uint8Array>): Promise<StreamEvent[]> {
  const events: StreamEvent[] = [];
  for await (const event of eventsOf(body)) events.push(event);
  return events;
}

async function read(...chunks: string[]) {
  async function* body(): AsyncGenerator<Uint8Array> {
    for (const chunk of chunks) yield Buffer.from(chunk);
  }
  return readAll(body());
}

describe('an event stream', () => {
  it('gives each event with its id, its name and its data', async () => {
    expect(await read('event: alert\nid: 7\ndata: {"a":1}\n\n')).toEqual([
      { event: 'alert', id: '7', data: '{"a":1}' },
    ]);
  });

  it('may be cut into chunks anywhere, inside characters too', async () => {
    const bytes = Buffer.from('id: 1\ndata: Zoë\n\nid: 2\ndata: b\n\n');
    async function* body(): AsyncGenerator<Uint8Array> {
      for (const byte of bytes) yield Buffer.from([byte]);
    }
    const events = await readAll(body());
    expect(events.map(({ id, data }) => [id, data])).toEqual([
      ['1', 'Zoë'],
      ['2', 'b'],
    ]);
  });

  it('joins several lines of data, and passes over comments and unknown fields', async () => {
    expect(await read(': hello\nretry: 1000\ndata: a\ndata: b\n\n')).toEqual([
      { event: 'message', id: undefined, data: 'a\nb' },
    ]);
  });

  it('tells an id that comes without data, since a reader goes on behind it', async () => {
    expect(await read('event: beat\nid: 7\n\n')).toEqual([
      { event: 'beat', id: '7', data: undefined },
    ]);
  });

  it('has no event where there is no data, or where the stream ends before its end', async () => {
    expect(await read('event: alert\n\ndata: unfinished\n')).toEqual([]);
  });
});
