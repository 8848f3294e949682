import type { Fraud } from '#shared/domain/fraud.ts';

/** The port to where fraud events go: `K_SINK` in production. */
export interface FraudSink {
  /**
   * Sends one fraud event; resolves when the sink has accepted it (2xx).
   * @throws AppError `sink` on any other answer, on none, and when the deadline passes.
   */
  send(fraud: Fraud): Promise<void>;
}
