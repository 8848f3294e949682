import { randomUUID } from 'node:crypto';
import type { RequestListener } from 'node:http';
import express, { type ErrorRequestHandler, type Response } from 'express';
import type { Registry } from 'prom-client';
import { AppError, toAppError } from '#shared/errors.ts';
import { BATCH_MEDIA_TYPE } from '#shared/events/cloud-event.ts';
import { malformed } from '#shared/events/refusals.ts';
import { jsonAnswer, refusal, sendAnswer } from '#shared/http/answer.ts';
import { createTokenCheck } from '#shared/http/bearer-token.ts';
import { mountOps } from '#shared/http/ops-routes.ts';
import type { TopicWriter } from '#shared/kafka/topic.ts';
import type { Log } from '#shared/log.ts';
import { type Clock, systemClock } from './clock.ts';
import type { GeneratePorts } from './generate.ts';
import { createGenerateMetrics, type GenerateMetrics } from './generate-metrics.ts';
import { createIngestDoor } from './ingest-door.ts';
import { labelRecord } from './label-json.ts';
import { GENERATE_LIMITS, type GenerateLimits, PRODUCE_DEFAULTS } from './limits.ts';
import { createPosts } from './posts.ts';
import { createProduceDoor } from './produce-door.ts';
import type { ProduceDefaults } from './produce-request.ts';

export interface GenerateAppParts {
  readonly writer: Pick<TopicWriter, 'write'>;
  readonly topic: string;
  /** Where labels go; none: they are not kept. */
  readonly labelsTopic?: string | undefined;
  readonly log: Log;
  readonly registry: Registry;
  readonly limits?: Partial<GenerateLimits>;
  readonly defaults?: ProduceDefaults;
  /** Bearer token that posts ask for; none: open. */
  readonly token?: string | undefined;
  readonly clock?: Clock;
  /** Makes the id of a plain post that has none. */
  readonly makeId?: () => string;
  /** False once draining has begun. */
  readonly isReady?: () => boolean;
  /** Undefined when Kafka can be used, else a sentence. */
  readonly notReadyReason?: () => string | undefined;
  /** Ends whatever is being produced when it aborts. */
  readonly stopping?: AbortSignal;
}

export interface GenerateApp {
  readonly listener: RequestListener;
  /** The same topics and counters, for traffic that is made without being asked. */
  readonly ports: GeneratePorts;
}

const ABOUT = {
  name: 'splitwatch generate',
  does: 'POST {"count":100} to / to make traffic; POST a transaction to /transactions',
  ops: ['/healthz', '/readyz', '/metrics'],
};

/** The door of generate: makes traffic when asked, and takes other people's transactions in. */
export function createGenerateApp(parts: GenerateAppParts): GenerateApp {
  const { registry, log, clock = systemClock, makeId = randomUUID } = parts;
  const limits = { ...GENERATE_LIMITS, ...parts.limits };
  const metrics = createGenerateMetrics(registry);
  const ports = createPorts(parts, clock, metrics);
  const onRefusal = (error: AppError): void => {
    metrics.refused(error.code);
    if (error.status < 500) return;
    log.error({ code: error.code, err: error.cause ?? error }, error.message);
  };
  const post = createPosts({
    checkToken: createTokenCheck(parts.token),
    maxInFlight: limits.maxInFlight,
    bodyTimeoutMs: limits.bodyTimeoutMs,
    onRefusal,
  });
  const produce = createProduceDoor({
    ports,
    limits,
    defaults: parts.defaults ?? PRODUCE_DEFAULTS,
  });
  const ingest = createIngestDoor({
    write: (records) => parts.writer.write(parts.topic, records),
    limits,
    makeId,
    ...metrics,
  });
  const { stopping } = parts;

  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.get('/', (_request, response) => sendAnswer(response, jsonAnswer(200, ABOUT)));
  app.post('/', (request, response) =>
    post({ request, response }, limits.maxBodyBytes, (headers, body, senderGone) =>
      produce(headers, body, stopping ? AbortSignal.any([stopping, senderGone]) : senderGone),
    ),
  );
  app.post('/transactions', (request, response) => {
    const isBatch = request.headers['content-type']?.toLowerCase().startsWith(BATCH_MEDIA_TYPE);
    const maxBytes = isBatch ? limits.maxBatchBytes : limits.maxBodyBytes;
    return post({ request, response }, maxBytes, (headers, body) =>
      ingest(headers, body, clock.nowMs()),
    );
  });
  mountOps(app, {
    registry,
    isReady: parts.isReady ?? (() => true),
    notReadyReason: parts.notReadyReason ?? (() => undefined),
  });
  app.all('/', (_request, response) => refuseMethod(response, 'GET, HEAD, POST'));
  app.all('/transactions', (_request, response) => refuseMethod(response, 'POST'));
  app.all(['/healthz', '/readyz', '/metrics'], (_request, response) =>
    refuseMethod(response, 'GET, HEAD'),
  );
  app.use((_request, response) => {
    metrics.refused('notfound');
    sendAnswer(response, refusal(new AppError('notfound', 'path: nothing is here')));
  });
  app.use(answerError(onRefusal));
  return { listener: app, ports };
}

function createPorts(
  parts: Pick<GenerateAppParts, 'writer' | 'topic' | 'labelsTopic'>,
  clock: Clock,
  metrics: GenerateMetrics,
): GeneratePorts {
  const { writer, topic, labelsTopic } = parts;
  return {
    clock,
    write: async (records) => {
      await writer.write(topic, records);
      metrics.generated(records.length);
    },
    writeLabels: async (labels) => {
      if (labelsTopic !== undefined) await writer.write(labelsTopic, labels.map(labelRecord));
      metrics.planted(labels.length);
    },
  };
}

function refuseMethod(response: Response, allow: string): void {
  const details = { field: 'method', expected: allow };
  const error = new AppError('method', `method: expected ${allow}`, details);
  sendAnswer(response, refusal(error, { allow }));
}

/** Express calls it for whatever a route throws, and for a path that cannot be percent-decoded. */
function answerError(onRefusal: (error: AppError) => void): ErrorRequestHandler {
  return (thrown: unknown, _request, response, _next) => {
    const isBadPath = thrown instanceof URIError;
    const error = isBadPath ? malformed('path', 'percent-encoded UTF-8') : toAppError(thrown);
    onRefusal(error);
    sendAnswer(response, refusal(error));
  };
}
