import type { Fraud } from '#shared/domain/fraud.ts';

/**
 * A way to tell people or programs about an alert. It gets each (alert id, sequence) that became an
 * alert's newest, at least once: twice where a process or the store was lost just then (see
 * `notify.ts`).
 */
export interface Channel {
  readonly name: string;
  /**
   * Takes the alert and returns at once; what takes longer goes on behind. Never throws:
   * one channel that does not work must not keep the others from being told.
   */
  readonly tell: (fraud: Fraud) => void;
  /** Lets what was taken go out, within the channel's own deadline. */
  readonly close: () => Promise<void>;
}

/** Where lines go: standard output in production. */
export type Write = (text: string) => void;
