import type { PartitionLease, StoredRecord } from '#shared/kafka/topic.ts';

/** How the records of one leased partition go out: {@link startKafkaSource} has two ways. */
export interface LeaseDelivery {
  /** Resolves when the next records may come: at once where there is room. Never rejects. */
  take(records: readonly StoredRecord[]): Promise<void>;
  /** The offset to commit: all before it are settled. Undefined while nothing is. */
  readonly nextOffset: bigint | undefined;
  /** Resolves when nothing is under way any more. */
  idle(): Promise<unknown>;
}

/** Begins the delivery of one lease; `signal` aborts when it is over or the source stops. */
export type DeliverLease = (lease: PartitionLease, signal: AbortSignal) => LeaseDelivery;
