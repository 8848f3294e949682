import { Counter, Gauge, type Registry } from 'prom-client';
import type { KafkaSource, KafkaSourceStats } from '../eventing/kafka-source.ts';

type Counted = 'delivered' | 'retried' | 'deadLettered' | 'lost';

const COUNTERS: Readonly<Record<Counted, readonly [name: string, help: string]>> = {
  delivered: ['splitwatch_source_delivered_total', 'Records that the sink has accepted'],
  retried: ['splitwatch_source_retries_total', 'Requests that were made again'],
  deadLettered: ['splitwatch_source_dead_letters_total', 'Records that the dead-letter sink took'],
  lost: ['splitwatch_source_lost_total', 'Records that neither took'],
};

/** Tells what the source counts, asked anew at each scrape; nothing before there is a source. */
export function createSourceMetrics(
  registry: Registry,
  source: () => Pick<KafkaSource, 'stats'> | undefined,
): void {
  const registers = [registry];
  const gauge = (name: string, help: string): Gauge => new Gauge({ name, help, registers });
  const counters = Object.entries(COUNTERS).map(
    ([key, [name, help]]) => [key as Counted, new Counter({ name, help, registers })] as const,
  );
  const inFlight = gauge('splitwatch_source_records_in_flight', 'Records in requests of batches');
  const lag = new Gauge({
    name: 'splitwatch_source_lag_records',
    help: 'Records of the topic that the group has not committed; NaN while Kafka does not tell',
    registers,
    async collect() {
      const stats: KafkaSourceStats | undefined = await source()?.stats();
      if (stats === undefined) return;
      for (const [key, counter] of counters) {
        counter.reset();
        counter.inc(stats[key]);
      }
      inFlight.set(stats.inFlight);
      lag.set(stats.lag ?? Number.NaN);
    },
  });
}
