import type { Fraud } from '#shared/domain/fraud.ts';

/**
 * Holds what was found against what the data says of itself. A transaction is found when it is in
 * the window of a fraud event, or its own trailing total is over the threshold.
 */
export interface LabelReport {
  /** Transactions that are labelled as laundering, and how many of them were found. */
  readonly labelled: number;
  readonly labelledFound: number;
  /** All transactions that were found. */
  readonly found: number;
  /** Alerts, and how many have a labelled transaction among theirs. */
  readonly alerts: number;
  readonly alertsWithLabelled: number;
}

/** Remembers the ids of labelled and of found transactions, and the alerts. */
export class LabelCount {
  readonly #labelled = new Set<string>();
  readonly #found = new Set<string>();
  readonly #alerts = new Map<string, boolean>();

  /** Before the transaction is told to the core. */
  labelled(id: string): void {
    this.#labelled.add(id);
  }

  over(id: string): void {
    this.#found.add(id);
  }

  seen({ alertId, transactions }: Fraud): void {
    let hasLabelled = this.#alerts.get(alertId) ?? false;
    for (const { id } of transactions) {
      this.#found.add(id);
      hasLabelled ||= this.#labelled.has(id);
    }
    this.#alerts.set(alertId, hasLabelled);
  }

  report(): LabelReport {
    let labelledFound = 0;
    for (const id of this.#labelled) if (this.#found.has(id)) labelledFound += 1;
    let alertsWithLabelled = 0;
    for (const hasLabelled of this.#alerts.values()) if (hasLabelled) alertsWithLabelled += 1;
    return {
      ...{ labelled: this.#labelled.size, labelledFound, found: this.#found.size },
      ...{ alerts: this.#alerts.size, alertsWithLabelled },
    };
  }
}
