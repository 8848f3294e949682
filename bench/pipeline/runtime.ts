/** How records come to score: one a request, as Knative's KafkaSource does, or in batches. */
export type SourceKind = 'single' | 'batch';

/** What the runtime's process is told on its command line, as JSON. */
export interface RuntimePlan {
  readonly brokers: readonly string[];
  readonly topicIn: string;
  readonly topicOut: string;
  readonly group: string;
}

/** What it is told once score is there. */
export interface SourceOrder {
  readonly scoreUrls: readonly string[];
  readonly kind: SourceKind;
  readonly ordering: 'ordered' | 'unordered';
}

/** What it answers. */
export interface RuntimeFigures {
  /** Where score posts fraud events. */
  readonly sinkUrl: string;
  /** When the first record came; 0 before. */
  readonly firstMs: number;
  readonly nowMs: number;
  /** Records that are done with, whichever way. */
  readonly settled: number;
  readonly delivered: number;
  readonly retried: number;
}
