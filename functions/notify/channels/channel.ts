import type { Fraud } from '#shared/domain/fraud.ts';

/**
 * A way to tell people or programs about an alert. It gets each (alert id, sequence) that was not
 * known before, once.
 */
export interface Channel {
  readonly name: string;
  /**
   * Takes the alert and returns at once; what takes longer goes on behind. Never throws, since the
   * alert is stored by then and a second delivery of it would tell nobody.
   */
  readonly tell: (fraud: Fraud) => void;
  /** Lets what was taken go out, within the channel's own deadline. */
  readonly close: () => Promise<void>;
}

/** Where lines go: standard output in production. */
export type Write = (text: string) => void;
