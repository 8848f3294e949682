import { createKafkaTopics } from '#shared/kafka/kafka-topics.ts';
import { createLog } from '#shared/log.ts';
import { endOnStartFailure } from '#shared/start-failure.ts';
import { startKafkaSink } from '../eventing/kafka-sink.ts';

/** The sink's half of the local eventing runtime as a process of its own, that can be killed. */
async function main(brokers: readonly string[], port: number, names: readonly string[]) {
  const log = createLog('sink', 'warn');
  const writer = createKafkaTopics({ brokers, log, writeTimeoutMs: 3000 });
  const sinks = names.map((name) => ({ name, topic: name, contentMode: 'binary' as const }));
  const sink = await startKafkaSink({ writer, sinks, port, log });
  process.stdout.write(`${JSON.stringify({ listening: Number(new URL(sink.url).port) })}\n`);
  process.once('SIGTERM', async () => {
    await sink.stop();
    await writer.close();
    process.exit(0);
  });
}

const [brokers = '', port = '0', ...names] = process.argv.slice(2);
main(brokers.split(','), Number(port), names).catch(endOnStartFailure);
