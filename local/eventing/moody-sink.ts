import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One thing that the sink does with a request: a status, or misbehaviour on purpose. */
export type Mood =
  | number
  | { readonly status: number; readonly headers?: Record<string, string>; readonly body?: string }
  /** Ends the connection in the middle of the answer. */
  | 'cut'
  /** Ends the connection without any answer. */
  | 'reset'
  /** Never answers. */
  | 'hang';

export interface MoodySink {
  readonly url: string;
  readonly requests: ReadonlyArray<{
    readonly method: string | undefined;
    readonly path: string | undefined;
    readonly headers: IncomingHttpHeaders;
    readonly body: Buffer;
  }>;
  /** Most requests that were open at once. */
  readonly inFlightMax: number;
  close(): void;
}

/**
 * For tests: a real HTTP server that is in the moods given, one a request, and in the last one from
 * then on. A function as mood is asked with the request's body.
 */
export async function startMoodySink(
  moods: readonly Mood[] | ((body: string, attempt: number) => Mood | Promise<Mood>),
): Promise<MoodySink> {
  const requests: Array<MoodySink['requests'][number]> = [];
  const attempts = new Map<string, number>();
  let open = 0;
  let inFlightMax = 0;
  const server = createServer(async (request, response) => {
    open += 1;
    inFlightMax = Math.max(inFlightMax, open);
    response.on('close', () => {
      open -= 1;
    });
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const { method, url: path, headers } = request;
    const index = requests.push({ method, path, headers, body }) - 1;
    const attempt = (attempts.get(body.toString()) ?? 0) + 1;
    attempts.set(body.toString(), attempt);
    const mood = Array.isArray(moods)
      ? moods[Math.min(index, moods.length - 1)]
      : await (moods as (text: string, attempt: number) => Mood)(body.toString(), attempt);
    answerIn(mood, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    get inFlightMax() {
      return inFlightMax;
    },
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

function answerIn(mood: Mood, response: ServerResponse): void {
  if (mood === 'hang') return;
  if (mood === 'reset') {
    response.destroy();
  } else if (mood === 'cut') {
    response.writeHead(200, { 'content-length': '100' });
    response.write('only some of it', () => response.destroy());
  } else {
    const { status, headers = {}, body = '' } = typeof mood === 'number' ? { status: mood } : mood;
    response.writeHead(status, headers).end(body);
  }
}
