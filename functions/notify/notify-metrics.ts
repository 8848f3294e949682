import { Counter, Gauge, type Registry } from 'prom-client';
import type { ErrorCode } from '#shared/errors.ts';
import { createRefusalCounter } from '#shared/refusal-counter.ts';
import type { Upserted } from './alert-store.ts';

/** What notify counts. Labels take words from closed lists only (P). */
export interface NotifyMetrics {
  readonly upserted: (kind: Upserted['kind']) => void;
  readonly refused: (reason: ErrorCode) => void;
  readonly streams: (open: number) => void;
}

const KINDS: readonly Upserted['kind'][] = ['new', 'updated', 'known'];

export function createNotifyMetrics(registry: Registry): NotifyMetrics {
  const registers = [registry];
  const events = new Counter({
    name: 'splitwatch_alert_events_total',
    help: 'Fraud events that were taken in, by what became of them',
    labelNames: ['outcome'],
    registers,
  });
  const streams = new Gauge({
    name: 'splitwatch_page_streams',
    help: 'Pages that are being kept up to date',
    registers,
  });
  // All series exist from the start, so that a rate over the first event is not lost.
  for (const outcome of KINDS) events.inc({ outcome }, 0);
  return {
    upserted: (outcome) => events.inc({ outcome }),
    refused: createRefusalCounter(registry),
    streams: (open) => streams.set(open),
  };
}
