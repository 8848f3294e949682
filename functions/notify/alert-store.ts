import type { TotalMinor } from '#shared/domain/amount.ts';
import type { Fraud } from '#shared/domain/fraud.ts';
import type { Alert } from './core/alert.ts';

/**
 * The port to the alerts that all replicas show. Implementations pass `store/store-contract.ts`:
 * the embedded one (`store/memory-store.ts`) and Redis (`store/redis-store.ts`).
 *
 * Every change has a **position**: a number that only grows, over all alerts and all replicas, and
 * over a loss of the store too, since it is never below the clock's microseconds. Readers keep the
 * position of what they saw last and ask for what came after it, so nothing is missed and nothing
 * has to be remembered for them.
 */
export interface AlertStore {
  /**
   * Takes a fraud event in, atomically: keeps the highest sequence of each alert id (D5). Safe to
   * repeat.
   * @throws AppError `state` when the store does not answer; upserting again tells what happened.
   */
  upsert(fraud: Fraud, nowMs: number): Promise<Upserted>;
  /**
   * Remembers that people were told of this alert up to this sequence, for as long as the alert is
   * kept. Safe to repeat, in any order: the highest stands.
   * @throws AppError `state` when the store does not answer.
   */
  markTold(alertId: string, sequence: number): Promise<void>;
  read(alertId: string): Promise<StoredAlert | undefined>;
  /** The alerts that opened last, newest first. */
  list(query: AlertQuery): Promise<AlertPage>;
  /** What changed after `position`, oldest change first; an alert stands where it changed last. */
  changesAfter(position: number, limit: number): Promise<readonly AlertChange[]>;
  /** The newest change's position, 0 when there is none. */
  newestPosition(): Promise<number>;
  summary(): Promise<AlertSummary>;
  /** Undefined when the store answers, else one sentence that says what is wrong. */
  problem(): Promise<string | undefined>;
  close(): Promise<void>;
}

export interface Upserted {
  /** `known`: this sequence or a higher one was there already. */
  readonly kind: 'new' | 'updated' | 'known';
  /**
   * False when people are yet to be told of this event, as far as the store knows: it is the
   * alert's newest and has no mark. So an event that is `known` and untold was stored by somebody
   * who did not live, or did not hear from the store, to tell of it.
   */
  readonly isTold: boolean;
}

export interface StoredAlert extends Alert {
  /** Position of the change that opened it; the order of lists, and their cursor. */
  readonly openedPosition: number;
}

export interface AlertChange {
  readonly position: number;
  readonly alert: StoredAlert;
}

export interface AlertQuery {
  readonly limit: number;
  /** Only alerts that opened before this position. */
  readonly before?: number | undefined;
  readonly origin?: string | undefined;
  readonly target?: string | undefined;
  /** Origin or target. */
  readonly account?: string | undefined;
}

export interface AlertPage {
  readonly alerts: readonly StoredAlert[];
  /** `before` of the next page; undefined when there is no more. */
  readonly next: number | undefined;
}

/** Over all alerts that are kept. */
export interface AlertSummary {
  readonly alerts: number;
  /** Fraud events that brought an alert up to date. */
  readonly updates: number;
  /** How much the totals are over their thresholds, by currency. */
  readonly overMinor: Readonly<Record<string, TotalMinor>>;
}

/** How much is kept; what is over it goes, oldest first. */
export interface Retention {
  readonly keepAlerts: number;
  readonly keepMs: number;
}

/** True for the alerts that a query asks for, its cursor aside. */
export function isWanted(fraud: Pick<Fraud, 'pair'>, query: AlertQuery): boolean {
  const { origin, target } = fraud.pair;
  return (
    (query.origin === undefined || query.origin === origin) &&
    (query.target === undefined || query.target === target) &&
    (query.account === undefined || query.account === origin || query.account === target)
  );
}
