import {
  type AlertChange,
  type AlertQuery,
  type AlertStore,
  isWanted,
  type Retention,
  type StoredAlert,
} from '../alert-store.ts';
import { isToldOf, overThresholdMinor, upsertAlert } from '../core/alert.ts';
import { nextPosition, positionAt } from './position.ts';

export const DEFAULT_RETENTION: Retention = {
  keepAlerts: 100_000,
  keepMs: 30 * 24 * 60 * 60 * 1000,
};

/**
 * The embedded store: for one process, gone with it. A Map keeps the order of insertion, which is
 * the order that is needed: `opened` by opening, `changed` by last change.
 */
export function createMemoryAlertStore(retention: Partial<Retention> = {}): AlertStore {
  const { keepAlerts, keepMs } = { ...DEFAULT_RETENTION, ...retention };
  const opened = new Map<string, StoredAlert>();
  const changed = new Map<string, number>();
  const told = new Map<string, number>();
  let newest = 0;

  const trim = (nowMs: number): void => {
    const oldest = positionAt(nowMs - keepMs);
    for (const [id, alert] of opened) {
      if (opened.size <= keepAlerts && alert.openedPosition >= oldest) return;
      opened.delete(id);
      changed.delete(id);
      told.delete(id);
    }
  };

  return {
    upsert: async (fraud, nowMs) => {
      const known = opened.get(fraud.alertId);
      const result = upsertAlert(known, fraud, nowMs);
      if (result.kind === 'known') {
        const isTold = isToldOf(fraud.sequence, known, told.get(fraud.alertId));
        return { kind: 'known', isTold };
      }
      newest = nextPosition(newest, nowMs);
      const openedPosition = known?.openedPosition ?? newest;
      opened.set(fraud.alertId, { ...result.alert, openedPosition });
      changed.delete(fraud.alertId);
      changed.set(fraud.alertId, newest);
      trim(nowMs);
      return { kind: result.kind, isTold: false };
    },
    markTold: async (alertId, sequence) => {
      if (opened.has(alertId)) told.set(alertId, Math.max(sequence, told.get(alertId) ?? 0));
    },
    read: async (alertId) => opened.get(alertId),
    list: async (query) => listOf([...opened.values()].reverse(), query),
    changesAfter: async (position, limit) =>
      position >= newest ? [] : changesOf(opened, changed, position).slice(0, limit),
    newestPosition: async () => newest,
    summary: async () => summaryOf([...opened.values()]),
    problem: async () => undefined,
    close: async () => {},
  };
}

function listOf(newestFirst: readonly StoredAlert[], query: AlertQuery) {
  const { limit, before = Number.POSITIVE_INFINITY } = query;
  const wanted = newestFirst.filter(
    (alert) => alert.openedPosition < before && isWanted(alert.fraud, query),
  );
  const alerts = wanted.slice(0, limit);
  const next = wanted.length > limit ? alerts.at(-1)?.openedPosition : undefined;
  return { alerts, next };
}

function changesOf(
  opened: ReadonlyMap<string, StoredAlert>,
  changed: ReadonlyMap<string, number>,
  after: number,
): AlertChange[] {
  const changes: AlertChange[] = [];
  for (const [id, position] of [...changed].reverse()) {
    if (position <= after) break;
    const alert = opened.get(id);
    if (alert !== undefined) changes.push({ position, alert });
  }
  return changes.reverse();
}

function summaryOf(alerts: readonly StoredAlert[]) {
  const overMinor: Record<string, bigint> = {};
  let updates = 0;
  for (const { fraud } of alerts) {
    const { currency } = fraud.pair;
    overMinor[currency] = (overMinor[currency] ?? 0n) + overThresholdMinor(fraud);
    updates += fraud.sequence - 1;
  }
  return { alerts: alerts.length, updates, overMinor };
}
