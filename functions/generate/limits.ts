import { DECODE_LIMITS, type DecodeLimits } from '#shared/events/decode-transactions.ts';
import type { ProduceDefaults, ProduceLimits } from './produce-request.ts';

/** Bounds of generate (P); each is a setting of `config.ts`, where it is described. */
export interface GenerateLimits extends DecodeLimits, ProduceLimits {
  readonly maxProducers: number;
  readonly maxInFlight: number;
  readonly maxBodyBytes: number;
  readonly maxBatchBytes: number;
  readonly bodyTimeoutMs: number;
}

/** The same as the defaults of the settings; a test keeps them equal. */
export const GENERATE_LIMITS: GenerateLimits = {
  ...DECODE_LIMITS,
  maxCount: 100_000,
  maxRate: 10_000,
  maxProduceMs: 60_000,
  maxProducers: 4,
  maxInFlight: 256,
  maxBodyBytes: 64 * 1024,
  maxBatchBytes: 1024 * 1024,
  bodyTimeoutMs: 10_000,
};

export const PRODUCE_DEFAULTS: ProduceDefaults = {
  shape: 'realistic',
  format: 'event',
  accounts: 5000,
  windowMs: 600_000,
  thresholdMinor: 1_000_000,
};
