/** One server-sent event (WHATWG HTML 9.2). */
export interface StreamEvent {
  readonly id: string | undefined;
  readonly event: string;
  /** Undefined where it has none: it then only tells the id to go on behind. */
  readonly data: string | undefined;
}

/** Longest event that is read, characters; a stream that sends a longer one is broken. */
const EVENT_MAX_CHARACTERS = 4 * 1024 * 1024;

/**
 * The events of a stream as they come, those too that have an id and nothing else. Comments and
 * unknown fields are passed over.
 */
export async function* eventsOf(body: AsyncIterable<Uint8Array>): AsyncGenerator<StreamEvent> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of body) {
    rest += decoder.decode(chunk, { stream: true });
    if (rest.length > EVENT_MAX_CHARACTERS) throw new Error('an event without end');
    const blocks = rest.split(/\r?\n\r?\n/);
    rest = blocks.pop() ?? '';
    for (const block of blocks) {
      const event = parseBlock(block);
      if (event !== undefined) yield event;
    }
  }
}

function parseBlock(block: string): StreamEvent | undefined {
  const data: string[] = [];
  let event = 'message';
  let id: string | undefined;
  for (const line of block.split(/\r?\n/)) {
    const [, field, value = ''] = /^([^:]*)(?:: ?(.*))?$/s.exec(line) ?? [];
    if (field === 'data') data.push(value);
    if (field === 'event') event = value;
    if (field === 'id') id = value;
  }
  if (data.length === 0 && id === undefined) return undefined;
  return { id, event, data: data.length === 0 ? undefined : data.join('\n') };
}
