import type { IncomingMessage, ServerResponse } from 'node:http';
import { serve } from '#shared/http/serve.ts';
import type { TopicWriter } from '#shared/kafka/topic.ts';
import type { Log } from '#shared/log.ts';
import { type ContentMode, eventToRecord } from './event-to-record.ts';
import { isBatch, parseBatch } from './wire-batch.ts';
import { fromRequest } from './wire-event.ts';

/** One KafkaSink: what is posted to /NAMESPACE/NAME is written to the topic. */
export interface SinkSpec {
  readonly name: string;
  /** `default` unless set. */
  readonly namespace?: string;
  readonly topic: string;
  /** `structured` unless set, as in Knative; our manifests say binary. */
  readonly contentMode?: ContentMode;
}

export interface KafkaSinkOptions {
  readonly writer: TopicWriter;
  readonly sinks: readonly SinkSpec[];
  /** 0, a free one, unless set. */
  readonly port?: number;
  readonly host?: string;
  readonly log: Log;
}

export interface KafkaSinkStats {
  /** Events; the others are requests. */
  readonly accepted: number;
  /** Answered 4xx. */
  readonly refused: number;
  /** Answered 503 (or 500); the record may have been written nevertheless. */
  readonly failed: number;
}

export interface KafkaSink {
  readonly url: string;
  /** The address of one sink. */
  urlOf(name: string, namespace?: string): string;
  stats(): KafkaSinkStats;
  /** Finishes what is in flight, then closes. */
  stop(): Promise<void>;
}

/** A record of 1 MiB is the largest that a broker takes unless told otherwise (facts 2). */
const BODY_MAX_BYTES = 1024 * 1024;
const HEADERS_MAX_BYTES = 256 * 1024;

/**
 * Plays Knative's KafkaSink: an HTTP server that writes each CloudEvent posted to it to a topic,
 * and answers 202 only when Kafka has acknowledged it. Like the real one it may write an event that
 * it then answers 503: readers upsert (D5). Unlike the real one it also takes batches: all or none
 * are understood, and all are written together.
 */
export async function startKafkaSink(options: KafkaSinkOptions): Promise<KafkaSink> {
  const sinks = new Map(
    options.sinks.map((sink) => [`/${sink.namespace ?? 'default'}/${sink.name}`, sink]),
  );
  const counts = { accepted: 0, refused: 0, failed: 0 };
  const serving = await serve(
    (request, response) => {
      const failed = (error: unknown): Answer => {
        options.log.error({ err: error }, 'a request was not understood: a defect');
        return { status: 500, detail: 'a defect of the sink' };
      };
      void answer(request, sinks, options)
        .catch(failed)
        .then(({ status, detail, headers, accepted = 1 }) => {
          if (status === 202) counts.accepted += accepted;
          else if (status >= 500) counts.failed += 1;
          else counts.refused += 1;
          response.writeHead(status, headers).end(detail);
          discardRest(request, response);
        });
    },
    {
      port: options.port ?? 0,
      host: options.host ?? '127.0.0.1',
      limits: { maxHeaderBytes: HEADERS_MAX_BYTES },
    },
  );
  return {
    url: serving.url,
    urlOf: (name, namespace = 'default') => `${serving.url}/${namespace}/${name}`,
    stats: () => ({ ...counts }),
    stop: () => serving.drain({ drainMs: 0 }),
  };
}

interface Answer {
  readonly status: number;
  readonly detail?: string;
  readonly headers?: Record<string, string>;
  /** Events of a batch; one unless set. */
  readonly accepted?: number;
}

async function answer(
  request: IncomingMessage,
  sinks: ReadonlyMap<string, SinkSpec>,
  { writer, log }: KafkaSinkOptions,
): Promise<Answer> {
  // A path can be none, as `//` is, and a caller may ask for anything.
  const path = URL.parse(request.url ?? '/', 'http://sink')?.pathname.replace(/\/$/, '');
  const sink = path === undefined ? undefined : sinks.get(path);
  if (sink === undefined) return { status: 404, detail: 'no such KafkaSink' };
  if (request.method !== 'POST') {
    return { status: 405, detail: 'POST a CloudEvent', headers: { allow: 'POST' } };
  }
  const body = await readBody(request);
  if (body === undefined) return { status: 400, detail: 'not a CloudEvent of at most 1 MiB' };
  const read = readEvents(request, body);
  if ('problem' in read) return { status: 400, detail: read.problem };
  const records = read.events.map((one) => eventToRecord(one, sink.contentMode ?? 'structured'));
  try {
    await writer.write(sink.topic, records);
    return { status: 202, accepted: records.length };
  } catch (error) {
    log.error({ err: error, topic: sink.topic }, 'the event was not written');
    return { status: 503, detail: 'the event was not written' };
  }
}

function readEvents(request: IncomingMessage, body: Buffer): ReturnType<typeof parseBatch> {
  if (isBatch(request.headers['content-type'])) return parseBatch(body);
  const event = fromRequest(request.headers, body);
  return event === undefined ? { problem: 'not a CloudEvent' } : { events: [event] };
}

/** The whole body, or undefined where it is too large or was cut off. */
async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of request.iterator({ destroyOnReturn: false })) {
      bytes += chunk.length;
      if (bytes > BODY_MAX_BYTES) return undefined;
      chunks.push(chunk);
    }
  } catch {
    return undefined;
  }
  return Buffer.concat(chunks);
}

/** Reads away what is left of a refused body, then ends the connection: the answer arrives. */
function discardRest(request: IncomingMessage, response: ServerResponse): void {
  if (request.complete) return;
  request.resume();
  response.once('finish', () => setTimeout(() => request.socket.destroy(), 1000).unref());
}
