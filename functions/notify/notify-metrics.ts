import { Counter, Gauge, type Registry } from 'prom-client';
import { ERRORS, type ErrorCode } from '#shared/errors.ts';
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
  const refused = new Counter({
    name: 'splitwatch_refusals_total',
    help: 'Requests that were refused or failed, by reason (docs/errors.md)',
    labelNames: ['reason'],
    registers,
  });
  const streams = new Gauge({
    name: 'splitwatch_page_streams',
    help: 'Pages that are being kept up to date',
    registers,
  });
  // All series exist from the start, so that a rate over the first event is not lost.
  for (const outcome of KINDS) events.inc({ outcome }, 0);
  for (const reason of Object.keys(ERRORS)) refused.inc({ reason }, 0);
  return {
    upserted: (outcome) => events.inc({ outcome }),
    refused: (reason) => refused.inc({ reason }),
    streams: (open) => streams.set(open),
  };
}
