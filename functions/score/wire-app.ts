import type { Rule } from '#shared/domain/rule.ts';
import type { ErrorCode } from '#shared/errors.ts';
import { createBatchSink } from '#shared/http/batch-sink.ts';
import { watchReadiness } from '#shared/http/readiness.ts';
import { createHttpSink } from '#shared/http/sink-client.ts';
import type { Log } from '#shared/log.ts';
import { createRegistry } from '#shared/metrics.ts';
import { createRefusalCounter } from '#shared/refusal-counter.ts';
import { createScoreApp } from './app.ts';
import { limitsOf, type ScoreConfig } from './config.ts';
import { createJournalMetrics } from './journal-metrics.ts';
import type { ScoreState } from './open-state.ts';
import { createScore } from './score.ts';
import { createMeteredSink } from './score-metrics.ts';

export interface WiredApp extends ReturnType<typeof createScoreApp> {
  readonly close: () => void;
  /** Counts what is refused before any listener sees it. */
  readonly onRefused: (reason: ErrorCode) => void;
}

/** Score with all its parts but the server and the store, from its settings. */
export function wireApp(parts: {
  readonly config: ScoreConfig;
  readonly rule: Rule;
  readonly state: ScoreState;
  readonly log: Log;
  /** False once draining has begun. */
  readonly isReady: () => boolean;
}): WiredApp {
  const { config, rule, log, isReady } = parts;
  const { totals: store, journal } = parts.state;
  const registry = createRegistry('score');
  const createSink = config.SINK_BATCH === 'on' ? createBatchSink : createHttpSink;
  const client = createSink({
    url: config.K_SINK,
    timeoutMs: config.SINK_TIMEOUT_MS,
    overrides: config.K_CE_OVERRIDES,
  });
  const score = createScore({ store, journal, sink: createMeteredSink(client, registry), rule });
  const readiness = watchReadiness({
    problem: async () => {
      const problem = await store.problem();
      if (problem === undefined) await journal.check();
      return problem;
    },
  });
  const refusesWhenLost = config.STATE_LOSS === 'refuse';
  const gaps = createJournalMetrics({ journal, registry, now: Date.now });
  const app = createScoreApp({
    ...{ score, store, journal, rule, log, registry, isReady },
    notReadyReason: () => {
      const { epoch } = journal;
      const isLost = epoch.kind === 'lost' && refusesWhenLost;
      return isLost ? epoch.reason : readiness.notReadyReason();
    },
    limits: limitsOf(config),
    token: config.AUTH_TOKEN,
    stateTtlMs: config.STATE_TTL_MS,
  });
  const close = (): void => {
    readiness.stop();
    gaps.stop();
    client.close();
  };
  return { ...app, close, onRefused: createRefusalCounter(registry) };
}
