import { join } from 'node:path';
import type { TrafficSpec } from '../load/event-traffic.ts';
import { type MeasuredProcess, scoreSettingsFor, startMeasured } from '../parts/score-process.ts';

/** What a side's process is started with. */
export interface DoorParts {
  /** Score's bundle. */
  readonly script: string;
  readonly redisUrl: string;
  readonly sinkPort: number;
}

export interface DoorSide {
  readonly what: string;
  readonly start: (parts: DoorParts) => Promise<MeasuredProcess>;
  readonly traffic: TrafficSpec;
  /** Requests under way at once. */
  readonly inFlight: number;
}

const IN_FLIGHT = 64;
const BATCH = 500;
/** As many as the batch source has under way. */
const BATCHES_IN_FLIGHT = 3;
/** Three of each pair in a window of ten minutes; the windows are full after the warm-up. */
const TRAFFIC: TrafficSpec = { run: 'door', pairs: 4000, stepMs: 50 };
const EVENTS = { traffic: TRAFFIC, inFlight: IN_FLIGHT };

/** Each has a process of its own, and a database where it keeps something. */
export const DOOR_SIDES = {
  score: {
    ...EVENTS,
    what: 'score, with its journal, a redis-server (AOF everysec)',
    start: (parts) => startScore(parts, 0),
  },
  bare: {
    ...EVENTS,
    what: 'bare node:http: looks at the headers, reads the body, 204',
    start: () => startMeasured('bare', join(import.meta.dirname, 'bare-server.ts')),
  },
  func: {
    ...EVENTS,
    what: "func's template: its runtime and npm start, the SDK, one INCRBY",
    start: (parts) => startFunc(parts, 2, 'info'),
  },
  'quiet func': {
    ...EVENTS,
    what: 'the same without its two log lines a request',
    start: (parts) => startFunc(parts, 3, 'warn'),
  },
  batch: {
    what: `score, ${BATCH} events a request`,
    start: (parts) => startScore(parts, 1),
    traffic: { ...TRAFFIC, batch: BATCH },
    inFlight: BATCHES_IN_FLIGHT,
  },
} as const satisfies Readonly<Record<string, DoorSide>>;

export type DoorSideName = keyof typeof DOOR_SIDES;

function startScore(parts: DoorParts, database: number): Promise<MeasuredProcess> {
  const { script, redisUrl, sinkPort } = parts;
  return startMeasured('score', script, scoreSettingsFor(`${redisUrl}/${database}`, sinkPort));
}

function startFunc({ redisUrl }: DoorParts, database: number, level: string) {
  const settings = { REDIS_URL: `${redisUrl}/${database}`, FUNC_LOG_LEVEL: level };
  return startMeasured('func', join(import.meta.dirname, 'func-server.ts'), settings);
}
