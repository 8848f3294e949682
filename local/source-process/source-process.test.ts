import { Registry } from 'prom-client';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { ConfigError, readConfig } from '#shared/config.ts';
import { serve } from '#shared/http/serve.ts';
import { createLog } from '#shared/log.ts';
import { createEmbeddedLog } from '../embedded-log.ts';
import { resolveDelivery } from '../eventing/delivery.ts';
import { type MoodySink, startMoodySink } from '../eventing/moody-sink.ts';
import { deliveryOf, sourceSettings } from './config.ts';
import { createSourceProcess } from './source-process.ts';

const log = createLog('source-process-test', 'silent');
const REQUIRED = {
  K_SINK: 'http://score',
  DEAD_LETTER_SINK: 'http://letters',
  KAFKA_BROKERS: 'kafka:9092',
};

async function sinkWith(moods: Parameters<typeof startMoodySink>[0]): Promise<MoodySink> {
  const sink = await startMoodySink(moods);
  onTestFinished(() => sink.close());
  return sink;
}

/** A source of batches behind its own routes, on an embedded log with some lines in it. */
async function startProcess(sinks: { score: MoodySink; letters: MoodySink }) {
  const topics = createEmbeddedLog({ partitions: 2 });
  const lines = Array.from({ length: 20 }, (_, i) => `n${i}`);
  await topics.write(
    'transactions',
    lines.map((line) => ({ key: line, value: Buffer.from(line), headers: {} })),
  );
  const config = readConfig(sourceSettings, {
    ...REQUIRED,
    ...{ K_SINK: sinks.score.url, DEAD_LETTER_SINK: sinks.letters.url },
    ...{ SOURCE_NAMESPACE: 'bank', COMMIT_INTERVAL_MS: '10', BACKOFF_DELAY: 'PT0.005S' },
  });
  const process = createSourceProcess({ config, topics, registry: new Registry(), log });
  const serving = await serve(process.listener, { port: 0, host: '127.0.0.1' });
  onTestFinished(async () => {
    await process.stop();
    await serving.drain({ quietMs: 0 });
  });
  return { process, lines, ask: (path: string) => fetch(serving.url + path) };
}

describe('the source as a process', () => {
  it('reads when its dead-letter sink is there, and says so', async () => {
    const [score, letters] = [await sinkWith([204]), await sinkWith([404, 400])];
    const { process, ask, lines } = await startProcess({ score, letters });
    await vi.waitFor(() => expect(process.notReadyReason()).toContain('answers 404'));
    expect((await ask('/readyz')).status).toBe(503);
    expect((await ask('/healthz')).status).toBe(200);
    expect(score.requests).toEqual([]);
    await vi.waitFor(async () => expect((await ask('/readyz')).status).toBe(200), 5000);
    await vi.waitFor(async () => {
      const metrics = await (await ask('/metrics')).text();
      expect(metrics).toContain(`splitwatch_source_delivered_total ${lines.length}`);
      expect(metrics).toContain('splitwatch_source_lag_records 0');
    });
    expect((await ask('/nothing')).status).toBe(404);
  });

  it('posts plain records under the name that a KafkaSource would give them', async () => {
    const [score, letters] = [await sinkWith([204]), await sinkWith([400])];
    await startProcess({ score, letters });
    await vi.waitFor(() => expect(score.requests.length).toBeGreaterThan(0));
    const [event] = JSON.parse(String(score.requests[0]?.body));
    const source = '/apis/v1/namespaces/bank/kafkasources/transactions#transactions';
    expect(event).toMatchObject({ source, type: 'dev.knative.kafka.event' });
  });

  it('finishes what is in flight when it stops, and is not ready from then on', async () => {
    const gate = Promise.withResolvers<number>();
    const [score, letters] = [await sinkWith(() => gate.promise), await sinkWith([400])];
    const { process, ask } = await startProcess({ score, letters });
    await vi.waitFor(() => expect(score.requests.length).toBeGreaterThan(0));
    const stopping = process.stop();
    expect((await ask('/readyz')).status).toBe(503);
    gate.resolve(204);
    await stopping;
  });
});

describe('its settings (C)', () => {
  it('are those of a KafkaSource in our manifests, unless set', () => {
    const delivery = resolveDelivery(deliveryOf(readConfig(sourceSettings, REQUIRED)));
    expect(delivery).toEqual({
      ...{ retries: 5, backoffPolicy: 'exponential', backoffDelayMs: 500, timeoutMs: 15_000 },
      deadLetterSink: 'http://letters',
    });
  });

  it('are refused with all problems listed at once', () => {
    const environment = { BACKOFF_DELAY: '5s', ORDERING: 'none' };
    const read = (): unknown => readConfig(sourceSettings, environment);
    expect(read).toThrow(ConfigError);
    for (const name of ['K_SINK', 'DEAD_LETTER_SINK', 'KAFKA_BROKERS', 'BACKOFF_DELAY', 'ORDERING'])
      expect(read).toThrow(name);
  });
});
