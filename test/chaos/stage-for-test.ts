import { type ChaosOptions, type ChaosRun, startChaos } from '../../local/chaos/chaos-run.ts';

/** A chaos run with servers and processes of its own, whatever REDIS_URL and KAFKA_BROKERS name. */
export function chaosForTest(options: Partial<ChaosOptions> = {}): Promise<ChaosRun> {
  return startChaos({
    ...{ ordering: 'ordered', seed: 1, ratePerSecond: 200, loadMs: 1000, now: Date.now },
    environment: process.env,
    log: () => {},
    ...options,
  });
}

/** What a fault must leave behind: nothing. */
export const UNHARMED = { lost: 0, doubled: 0, problems: [] };
