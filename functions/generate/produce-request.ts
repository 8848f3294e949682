import { AppError } from '#shared/errors.ts';
import {
  BATCH_MEDIA_TYPE,
  type EventData,
  hasEventHeaders,
  readBinaryEvent,
  readBody,
  readStructuredEvent,
  STRUCTURED_MEDIA_TYPE,
} from '#shared/events/cloud-event.ts';
import { type EventHeaders, singleHeader } from '#shared/events/event-headers.ts';
import { isJsonObject, JsonNumber, type JsonObject, member } from '#shared/events/json-text.ts';
import { mediaTypeOf } from '#shared/events/media-type.ts';
import { invalid, malformed, unreadable } from '#shared/events/refusals.ts';
import type { TrafficOptions, TrafficShape } from './core/traffic-options.ts';
import type { GenerateOptions, RecordFormat } from './generate.ts';

/** What a request means that does not say it. */
export interface ProduceDefaults {
  readonly shape: TrafficShape;
  readonly format: RecordFormat;
  readonly accounts: number;
  readonly windowMs: number;
  readonly thresholdMinor: number;
}

/** Bounds of what a request may ask for (P). */
export interface ProduceLimits {
  readonly maxCount: number;
  readonly maxRate: number;
  readonly maxProduceMs: number;
  readonly maxJsonDepth: number;
}

const DEFAULT_COUNT = 100;
// Event time between transactions where no rate is asked for: a thousand a second.
const UNPACED_RATE = 1000;
const MEMBERS = ['count', 'rate', 'seed', 'shape', 'format', 'accounts', 'plantedShare'] as const;

/**
 * Reads what `POST /` asks for: JSON, by itself or as the data of a CloudEvent, as a PingSource
 * sends it. Every member may be absent, and so may the body. Event time begins at the clock. A name
 * that is not known is refused: a misspelt one would be silently something else.
 *
 * @throws AppError `malformed`, `mediatype`, `invalid`.
 */
export function decodeProduceRequest(
  headers: EventHeaders,
  body: Buffer,
  options: { limits: ProduceLimits; defaults: ProduceDefaults; nowMs: number },
): Pick<GenerateOptions, 'traffic' | 'speed' | 'format'> {
  const { limits, defaults, nowMs } = options;
  const asked = readAsked(headers, body, limits.maxJsonDepth);
  for (const name of Object.keys(asked)) {
    if (!MEMBERS.some((known) => known === name)) {
      throw invalid('body', `only the members ${MEMBERS.join(', ')}`);
    }
  }
  const count =
    integer(asked, 'count', 1, limits.maxCount) ?? Math.min(DEFAULT_COUNT, limits.maxCount);
  const rate = decimal(asked, 'rate', 0.001, limits.maxRate);
  if (rate !== undefined && (count / rate) * 1000 > limits.maxProduceMs) {
    throw invalid('rate', `count / rate of at most ${limits.maxProduceMs / 1000} seconds`);
  }
  const shape = choice(asked, 'shape', ['realistic', 'seed'] as const) ?? defaults.shape;
  const format = choice(asked, 'format', ['event', 'line'] as const) ?? defaults.format;
  const accounts = shape === defaults.shape ? defaults.accounts : undefined;
  const startTimeMs = Math.floor(nowMs);
  const traffic: TrafficOptions = {
    count,
    shape,
    startTimeMs,
    ratePerSecond: rate ?? UNPACED_RATE,
    seed: integer(asked, 'seed', 0, Number.MAX_SAFE_INTEGER) ?? startTimeMs,
    windowMs: defaults.windowMs,
    thresholdMinor: defaults.thresholdMinor,
    ...optional('accounts', integer(asked, 'accounts', 2, 100_000_000) ?? accounts),
    ...optional('plantedShare', decimal(asked, 'plantedShare', 0, 1)),
  };
  return { traffic, format, speed: rate === undefined ? undefined : 1 };
}

function readAsked(headers: EventHeaders, body: Buffer, maxJsonDepth: number): JsonObject {
  const contentType = singleHeader(headers, 'content-type');
  const mediaType = contentType === undefined ? undefined : mediaTypeOf(contentType);
  const isEvent = hasEventHeaders(headers);
  if (body.length === 0 && !isEvent) return {};
  let data: EventData;
  if (mediaType === BATCH_MEDIA_TYPE)
    throw unreadable(`application/json or ${STRUCTURED_MEDIA_TYPE}`);
  if (mediaType === STRUCTURED_MEDIA_TYPE) {
    const event = readBody('application/json', body, maxJsonDepth);
    data = readStructuredEvent(event.kind === 'json' ? event.value : undefined, maxJsonDepth).data;
  } else if (isEvent) data = readBinaryEvent(headers, body, maxJsonDepth).data;
  else data = readBody(contentType, body, maxJsonDepth);
  if (data.kind === 'json' && isJsonObject(data.value)) return data.value;
  if (mediaType === 'text/plain') throw unreadable('application/json');
  throw malformed('body', 'a JSON object');
}

function integer(asked: JsonObject, name: string, min: number, max: number): number | undefined {
  const value = decimal(asked, name, min, max);
  if (value === undefined || Number.isSafeInteger(value)) return value;
  throw invalid(name, `a whole number from ${min} to ${max}`);
}

function decimal(asked: JsonObject, name: string, min: number, max: number): number | undefined {
  const given = member(asked, name) ?? undefined;
  if (given === undefined) return undefined;
  const value = given instanceof JsonNumber ? Number(given.text) : Number.NaN;
  if (value >= min && value <= max) return value;
  throw invalid(name, `a number from ${min} to ${max}`);
}

function choice<const C extends readonly string[]>(
  asked: JsonObject,
  name: string,
  choices: C,
): C[number] | undefined {
  const given = member(asked, name) ?? undefined;
  if (given === undefined) return undefined;
  if (typeof given === 'string' && choices.includes(given)) return given;
  throw invalid(name, `one of ${choices.join(', ')}`);
}

function optional<K extends string, V>(name: K, value: V | undefined): Partial<Record<K, V>> {
  return value === undefined ? {} : ({ [name]: value } as Record<K, V>);
}

/** The error for more producers than may work at once. */
export function tooManyProducers(max: number): AppError {
  return new AppError('busy', `more than ${max} requests are producing`, { retryAfterS: 5 });
}
