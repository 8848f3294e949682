import { type Settings, setting } from '#shared/config.ts';
import { TRANSACTION_ID_MAX_BYTES } from '#shared/events/event-types.ts';

/** Bounds of a door that takes transactions (P): score's event path and generate's ingestion. */
export const doorSettings = {
  MAX_BODY_BYTES: setting.integer({
    description: 'Largest body of one transaction, bytes; larger ones are answered 413.',
    fallback: '65536',
    min: 256,
    max: 16_777_216,
  }),
  MAX_BATCH_BYTES: setting.integer({
    description: 'Largest body of a batch, bytes.',
    fallback: '1048576',
    min: 256,
    max: 67_108_864,
  }),
  MAX_BATCH_EVENTS: setting.integer({
    description: 'Most events in a batch.',
    fallback: '1000',
    min: 1,
    max: 100_000,
  }),
  MAX_JSON_DEPTH: setting.integer({
    description: 'Deepest nesting of JSON that is read.',
    fallback: '16',
    min: 2,
    max: 1_000,
  }),
  MAX_ID_BYTES: setting.integer({
    description: "Longest id of a transaction, its event's source and id together, bytes.",
    fallback: '512',
    min: 64,
    max: TRANSACTION_ID_MAX_BYTES,
  }),
  MAX_HEADER_BYTES: setting.integer({
    description: 'Most bytes in all headers of a request together.',
    fallback: '16384',
    min: 1_024,
    max: 1_048_576,
  }),
  MAX_CONNECTIONS: setting.integer({
    description: 'Most open connections; more are closed at once.',
    fallback: '10000',
    min: 1,
    max: 1_000_000,
  }),
  BODY_TIMEOUT_MS: setting.integer({
    description: 'How long the body of a request may take to come, milliseconds.',
    fallback: '10000',
    min: 10,
    max: 300_000,
  }),
} as const satisfies Settings;
