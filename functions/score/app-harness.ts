import { pino } from 'pino';
import { Registry } from 'prom-client';
import { expect } from 'vitest';
import type { Fraud } from '#shared/domain/fraud.ts';
import type { Rule } from '#shared/domain/rule.ts';
import { type Serving, serve } from '#shared/http/serve.ts';
import { createScoreApp, type ScoreAppParts } from './app.ts';
import type { FraudSink } from './fraud-sink.ts';
import type { Journal } from './journal.ts';
import { createScore } from './score.ts';
import { createMeteredSink } from './score-metrics.ts';
import { createMemoryJournal } from './store/memory-journal.ts';
import { createMemoryTotalsStore } from './store/memory-store.ts';
import type { TotalsStore } from './totals-store.ts';

/**
 * For tests: score behind a real loopback server, with the embedded store and a sink that records.
 */
export interface ScoreHarness {
  readonly serving: Serving;
  readonly url: string;
  /** What the sink was sent. */
  readonly frauds: Fraud[];
  /** What was logged, one object a line. */
  readonly logged: Record<string, unknown>[];
  readonly post: (body: string | object, headers?: Record<string, string>) => Promise<Response>;
  readonly metric: (line: string) => Promise<number | undefined>;
  readonly stop: () => Promise<void>;
}

export const NOW_MS = Date.parse('2026-11-22T10:00:00.000Z');

export const RULE: Rule = {
  id: 'pair-total',
  version: 1,
  groupBy: 'pair',
  windowMs: 600_000,
  allowedLatenessMs: 600_000,
  thresholdMinor: 1_000_000,
  updates: 'doubling',
};

export async function startScore(
  parts: Partial<ScoreAppParts> & { sink?: FraudSink; store?: TotalsStore; journal?: Journal } = {},
): Promise<ScoreHarness> {
  const frauds: Fraud[] = [];
  const logged: Record<string, unknown>[] = [];
  const log = pino(
    { level: 'debug' },
    { write: (line: string) => void logged.push(JSON.parse(line)) },
  );
  const registry = new Registry();
  const store = parts.store ?? createMemoryTotalsStore({ rule: RULE, now: () => NOW_MS });
  const sink = parts.sink ?? { send: async (fraud: Fraud) => void frauds.push(fraud) };
  const journal =
    parts.journal ?? createMemoryJournal({ now: () => NOW_MS, receiptsLifeMs: 1_800_000 });
  const score = createScore({
    ...{ store, journal, sink: createMeteredSink(sink, registry), rule: RULE },
  });
  const app = createScoreApp({
    ...{ score, store, journal, rule: RULE, log, registry, now: () => NOW_MS },
    ...parts,
  });
  const serving = await serve(app.listener, { port: 0, host: '127.0.0.1' });
  const { url } = serving;
  return {
    serving,
    url,
    frauds,
    logged,
    post: (body, headers = { 'content-type': 'application/json' }) =>
      fetch(url, {
        method: 'POST',
        headers,
        body: typeof body === 'string' ? body : JSON.stringify(body),
      }),
    metric: async (line) => {
      const text = await registry.metrics();
      const found = text.split('\n').find((candidate) => candidate.startsWith(`${line} `));
      return found === undefined ? undefined : Number(found.slice(line.length + 1));
    },
    stop: async () => {
      serving.server.closeAllConnections();
      await serving.drain({ quietMs: 0 });
    },
  };
}

/** The headers of a transaction event in binary mode. */
export function eventHeaders(id: string): Record<string, string> {
  return {
    'content-type': 'application/json',
    'ce-specversion': '1.0',
    'ce-id': id,
    'ce-source': '/bank',
    'ce-type': 'io.splitwatch.transaction.v1',
  };
}

/** The data of a transaction so many seconds before the clock. */
export function transactionAt(
  ageS: number,
  amount = '1.00',
  origin = '66',
): Record<string, string> {
  const timestamp = new Date(NOW_MS - ageS * 1000).toISOString();
  return { timestamp, origin, target: '26', amount };
}

/** The embedded store with some of its steps replaced, where a failure has to be provoked. */
export function brokenStore(steps: Partial<TotalsStore>): TotalsStore {
  return { ...createMemoryTotalsStore({ rule: RULE, now: () => NOW_MS }), ...steps };
}

/** Holds an answer of 4xx or 5xx against what H says of every refusal. */
export async function expectRefusal(
  response: Response,
  status: number,
  reason: string,
): Promise<Record<string, unknown>> {
  const problem = (await response.json()) as Record<string, unknown>;
  expect({ status: response.status, reason: response.headers.get('kne-reason') }).toEqual({
    status,
    reason,
  });
  expect(response.headers.get('content-type')).toBe('application/problem+json');
  expect(response.headers.get('kne-detail')).toBe(problem.detail);
  expect(problem).toMatchObject({ status, reason, type: `urn:splitwatch:error:${reason}` });
  return problem;
}
