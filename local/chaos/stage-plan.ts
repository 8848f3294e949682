import type { Environment } from '../services/probe-machine.ts';
import type { FaultProxy } from './fault-proxy.ts';

export type Ordering = 'ordered' | 'unordered';

export interface StageOptions {
  readonly ordering: Ordering;
  /** Transactions a POST, and fraud events: one, or batches; one unless set. */
  readonly source?: 'single' | 'batch';
  readonly environment: Environment;
  /** Takes one line of progress at a time. */
  readonly log: (line: string) => void;
  /** In the place of the product's own, for tests that plant a bug. */
  readonly scripts?: Partial<Record<'score' | 'source', string>>;
}

export const TOPICS = {
  transactions: 'transactions',
  fraud: 'fraud',
  transactionsDeadLetters: 'transactions-dlq',
  fraudDeadLetters: 'fraud-dlq',
} as const;

/** Between whom a proxy stands, by what it leads to. */
export type Hop = 'redis' | 'kafka' | 'score' | 'notify' | 'sink';

/** Consumer groups of the source, by where it posts to. */
export const GROUPS = { score: 'splitwatch-score', notify: 'splitwatch-notify' } as const;

export type Proxies = Readonly<Record<Hop, FaultProxy>>;
