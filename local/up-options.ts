import type { KafkaSecurity } from '#shared/kafka/kafka-settings.ts';
import type { Log } from '#shared/log.ts';
import type { DeliverySpec } from './eventing/delivery.ts';
import type { Poster } from './eventing/post.ts';

/** What {@link startUp} needs to know; ./splitwatch up makes it of its options. */
export interface UpOptions {
  /** HOST:PORT each. */
  readonly kafkaBrokers: readonly string[];
  /** Plain text and no login unless set; generate takes it from the environment. */
  readonly kafkaSecurity?: KafkaSecurity;
  readonly redisUrl: string;
  /** Processes of score, which share the records in turn. */
  readonly scoreProcesses: number;
  /** Unordered unless set: scoring does not need order (O4). */
  readonly ordering?: 'ordered' | 'unordered';
  /** Transactions a POST to score: one, as Knative does, or batches; one unless set. */
  readonly source?: 'single' | 'batch';
  /** Transactions a second of own traffic; 0: none, others write to the topic. */
  readonly ratePerSecond: number;
  /** How much faster than the clock the event time of own traffic runs; 1 unless set. */
  readonly speed?: number;
  /** Ports of the page, the first score and generate; 0, a free one, unless set. */
  readonly pagePort?: number;
  readonly scorePort?: number;
  readonly generatePort?: number;
  /** Put before the names of topics and groups, for a second pipeline on the same brokers. */
  readonly prefix?: string;
  /** The environment that the functions inherit; their settings come on top. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Further settings of score (spec C). */
  readonly scoreEnvironment?: Readonly<Record<string, string>>;
  /** How notify prints alerts: as the seeds did, as JSON lines, or not at all. */
  readonly channel: 'log' | 'json' | 'none';
  /** Takes notify's lines. */
  readonly onOutput: (line: string) => void;
  /** Takes the functions' own log lines. */
  readonly onLogLine: (line: string) => void;
  /** Takes a sentence about a function that died or runs again. */
  readonly report: (sentence: string) => void;
  /** Runs one step of {@link UP_PLAN}; a drawer's `run`, or just the work. */
  readonly runStep: RunStep;
  readonly delivery?: DeliverySpec;
  /** How transactions are posted to score; by HTTP unless set. */
  readonly poster?: Poster;
  readonly commitIntervalMs?: number;
  readonly log: Log;
}

export type RunStep = <T>(
  phase: string,
  step: string,
  work: () => Promise<T>,
  note?: (result: T) => string,
) => Promise<T>;

/** The phases and steps in which everything starts, as `createPlan` takes them. */
export const UP_PLAN = {
  dependencies: ['kafka', 'redis', 'topics'],
  eventing: ['kafka-sink'],
  functions: ['score', 'notify'],
  sources: ['transactions', 'fraud'],
  traffic: ['generate'],
} as const;

/** Names of what stands in Kafka. Partitions bound how many requests an ordered source has open. */
export interface UpNames {
  readonly transactions: string;
  readonly fraud: string;
  readonly transactionsDeadLetters: string;
  readonly fraudDeadLetters: string;
  readonly scoreGroup: string;
  readonly notifyGroup: string;
}

export const TRANSACTIONS_PARTITIONS = 6;

export function upNames(prefix = ''): UpNames {
  return {
    transactions: `${prefix}transactions`,
    fraud: `${prefix}fraud`,
    transactionsDeadLetters: `${prefix}transactions-dlq`,
    fraudDeadLetters: `${prefix}fraud-dlq`,
    scoreGroup: `${prefix}splitwatch-score`,
    notifyGroup: `${prefix}splitwatch-notify`,
  };
}
