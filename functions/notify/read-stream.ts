/** One server-sent event, for tests. */
export interface StreamEvent {
  readonly event: string;
  readonly id: number;
  readonly data: string;
}

/** The `alert` events of a stream, until `count` of them have come; then the stream is left. */
export function readAlertEvents(response: Response, count: number): Promise<StreamEvent[]> {
  return readEvents(response, 'alert', count);
}

/** The same for events of any name. */
export async function readEvents(
  response: Response,
  name: string,
  count: number,
): Promise<StreamEvent[]> {
  const found: StreamEvent[] = [];
  let text = '';
  const decoder = new TextDecoder();
  if (response.body === null) throw new Error('the stream has no body');
  for await (const chunk of response.body) {
    text += decoder.decode(chunk, { stream: true });
    const blocks = text.split('\n\n');
    text = blocks.pop() ?? '';
    found.push(...blocks.map(parseBlock).filter(({ event }) => event === name));
    if (found.length >= count) break;
  }
  return found;
}

function parseBlock(block: string): StreamEvent {
  const field = (name: string): string =>
    block
      .split('\n')
      .find((line) => line.startsWith(`${name}:`))
      ?.slice(name.length + 1)
      .trimStart() ?? '';
  return { event: field('event'), id: Number(field('id')), data: field('data') };
}
