import type { Fraud } from '#shared/domain/fraud.ts';
import type { Rule } from '#shared/domain/rule.ts';
import { AppError } from '#shared/errors.ts';
import type { EventHeaders } from '#shared/events/event-headers.ts';
import { flattenHeaders } from '#shared/events/event-headers.ts';
import { encodeFraud } from '#shared/events/fraud-event.ts';
import type { Answer } from '#shared/http/answer.ts';
import type { Log } from '#shared/log.ts';
import type { AlertStore } from '../../../functions/notify/alert-store.ts';
import { createEventDoor as createNotifyDoor } from '../../../functions/notify/event-door.ts';
import { createNotify } from '../../../functions/notify/notify.ts';
import { SCORE_LIMITS } from '../../../functions/score/app.ts';
import { createEventDoor as createScoreDoor } from '../../../functions/score/event-door.ts';
import { createScore } from '../../../functions/score/score.ts';
import { createMemoryJournal } from '../../../functions/score/store/memory-journal.ts';
import type { TotalsStore } from '../../../functions/score/totals-store.ts';
import type { SimProcess } from '../kernel/sim-process.ts';
import type { VirtualTime } from '../kernel/virtual-time.ts';
import type { SimSink } from './sim-sink.ts';

/** A function's event path: headers and body in, answer out. */
export type Door = (headers: EventHeaders, body: Buffer) => Promise<Answer>;

interface PodParts {
  readonly process: SimProcess;
  readonly time: VirtualTime;
  /** How wrong the pod's clock is, milliseconds. */
  readonly skewMs: number;
}

/** Score's deadline of one fraud event (SINK_TIMEOUT_MS). */
const SINK_DEADLINE_MS = 5_000;

/** The product's score behind its own door: decoder, decision, answers. */
export function createScorePod(
  parts: PodParts & { readonly store: TotalsStore; readonly sink: SimSink; readonly rule: Rule },
): Door {
  const { process, time, skewMs, store, sink, rule } = parts;
  const now = (): number => time.nowMs + skewMs;
  const send = async (fraud: Fraud): Promise<void> => {
    const { headers, body } = encodeFraud(fraud);
    const message = { headers, body: Buffer.from(body) };
    const result = await sink.post('fraud', message, process, SINK_DEADLINE_MS);
    if (result.kind === 'answer' && result.status < 300) return;
    throw new AppError('sink', 'the sink has not taken the fraud event');
  };
  const journal = createMemoryJournal({ now, receiptsLifeMs: 0 });
  const door = createScoreDoor({
    score: createScore({ store, journal, sink: { send }, rule }),
    rule,
    journal,
    limits: SCORE_LIMITS,
    makeId: () => {
      throw new Error('every simulated transaction has an id');
    },
    metrics: { accepted: () => {}, refused: () => {} },
    logFailure: () => {},
    elapsedMs: () => time.nowMs,
  });
  return (headers, body) => door(flattenHeaders(headers), body, now());
}

/** The product's notify behind its own door. */
export function createNotifyPod(
  parts: PodParts & { readonly store: AlertStore; readonly onTold: (fraud: Fraud) => void },
): Door {
  const { time, skewMs, store, onTold } = parts;
  const channel = { name: 'people', tell: onTold, close: async () => {} };
  const notify = createNotify({ store, channels: [channel], onUnmarked: () => {} });
  const metrics = { upserted: () => {}, refused: () => {} };
  const door = createNotifyDoor({ notify, metrics, log: SILENT_LOG });
  return (headers, body) => door(headers, body, time.nowMs + skewMs);
}

const silent = (): void => {};

/** What the functions would log of their troubles; the trace tells more. */
export const SILENT_LOG = { debug: silent, info: silent, warn: silent, error: silent } as Pick<
  Log,
  'debug' | 'info' | 'warn' | 'error'
> as Log;
