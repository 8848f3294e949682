import { toAppError } from '#shared/errors.ts';
import type { EventHeaders } from '#shared/events/event-headers.ts';
import { type Answer, jsonAnswer } from '#shared/http/answer.ts';
import { type GeneratePorts, generate } from './generate.ts';
import {
  decodeProduceRequest,
  type ProduceDefaults,
  type ProduceLimits,
  tooManyProducers,
} from './produce-request.ts';

/** Answers one `POST /` whose body has come; stops producing when the signal aborts. */
export type ProduceDoor = (
  headers: EventHeaders,
  body: Buffer,
  signal: AbortSignal,
) => Promise<Answer>;

export interface ProduceDoorParts {
  readonly ports: GeneratePorts;
  readonly limits: ProduceLimits & { readonly maxProducers: number };
  readonly defaults: ProduceDefaults;
}

/**
 * `POST /`: makes as much traffic as is asked for, then answers 200 with what was written.
 * Repeating a request makes other traffic, since its event time begins at another moment.
 *
 * @throws AppError `malformed`, `mediatype`, `invalid`, `busy`, `topic`; in the last case some may
 * have been written.
 */
export function createProduceDoor(parts: ProduceDoorParts): ProduceDoor {
  const { ports, limits, defaults } = parts;
  let producing = 0;
  return async (headers, body, signal) => {
    const nowMs = ports.clock.nowMs();
    const request = decodeProduceRequest(headers, body, { limits, defaults, nowMs });
    if (producing >= limits.maxProducers) throw tooManyProducers(limits.maxProducers);
    producing++;
    try {
      const summary = await generate({ ...request, signal }, ports);
      return jsonAnswer(200, {
        written: summary.written,
        repeated: summary.repeated,
        labels: summary.labels,
        seed: request.traffic.seed,
        firstTimestamp: timestamp(request.traffic.startTimeMs),
        lastTimestamp: timestamp(summary.lastTimeMs),
        elapsedMs: Math.round(summary.elapsedMs),
      });
    } catch (thrown) {
      throw toAppError(thrown);
    } finally {
      producing--;
    }
  };
}

function timestamp(timeMs: number | undefined): string | undefined {
  return timeMs === undefined ? undefined : new Date(timeMs).toISOString();
}
