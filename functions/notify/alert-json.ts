import { formatAmount } from '#shared/domain/amount.ts';
import { type FraudData, fraudToJson } from '#shared/events/fraud-event.ts';
import type { AlertSummary, StoredAlert } from './alert-store.ts';

/** An alert as `GET /alerts` and `GET /events` show it: W2's data and what notify knows besides. */
export interface AlertJson extends FraudData {
  /** When the first event of the episode reached notify. */
  readonly firstReceivedAt: string;
  /** When the event of this sequence did. */
  readonly receivedAt: string;
  /** Cursor of lists: `before=` this gives what opened earlier. */
  readonly opened: number;
  readonly history: readonly {
    readonly sequence: number;
    readonly total: string;
    readonly receivedAt: string;
  }[];
}

export function toAlertJson(alert: StoredAlert): AlertJson {
  return {
    ...fraudToJson(alert.fraud),
    firstReceivedAt: isoTime(alert.firstReceivedMs),
    receivedAt: isoTime(alert.receivedMs),
    opened: alert.openedPosition,
    history: alert.history.map((step) => ({
      sequence: step.sequence,
      total: formatAmount(step.totalMinor),
      receivedAt: isoTime(step.receivedMs),
    })),
  };
}

export interface SummaryJson {
  readonly alerts: number;
  readonly updates: number;
  readonly over: Readonly<Record<string, string>>;
}

export function toSummaryJson(summary: AlertSummary): SummaryJson {
  const over: Record<string, string> = {};
  for (const [currency, minor] of Object.entries(summary.overMinor)) {
    over[currency] = formatAmount(minor);
  }
  return { alerts: summary.alerts, updates: summary.updates, over };
}

function isoTime(timeMs: number): string {
  return new Date(timeMs).toISOString();
}
