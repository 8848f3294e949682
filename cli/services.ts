import { type Command, Option } from 'commander';
import { startServices } from '../local/services/start-services.ts';
import { aborted, stopSignal } from './stop-signal.ts';

const EXAMPLES = `
Where they come from: those that REDIS_URL and KAFKA_BROKERS name; else redis-server and Java 17 or
newer on this machine; else Docker; else, as root on Debian or Ubuntu, the packages. They listen on
loopback only, keep nothing, and end with this command.

Examples:
  ./splitwatch services              both, until Ctrl-C; prints lines to paste in another terminal
  ./splitwatch services --only redis`;

export function register(program: Command): void {
  program
    .command('services')
    .description('run a Redis and a Kafka broker on this machine')
    .addOption(new Option('--only <which>', 'start one of them').choices(['redis', 'kafka']))
    .option('--persist', 'Redis keeps an append-only file while it runs')
    .addHelpText('after', EXAMPLES)
    .action(async (options: { only?: 'redis' | 'kafka'; persist?: boolean }) => {
      const services = await startServices({
        redis: options.only !== 'kafka',
        kafka: options.only !== 'redis',
        persist: options.persist ?? false,
        log: (line) => process.stderr.write(`${line}\n`),
      });
      const { redisUrl, kafkaBrokers, kafkaJarsDir } = services;
      const variables = {
        REDIS_URL: redisUrl,
        KAFKA_BROKERS: kafkaBrokers,
        KAFKA_JARS: kafkaJarsDir,
      };
      for (const [name, value] of Object.entries(variables)) {
        if (value !== undefined) process.stdout.write(`export ${name}='${value}'\n`);
      }
      process.stderr.write('Ctrl-C ends them\n');
      const stayAwake = setInterval(() => {}, 60_000);
      await aborted(stopSignal());
      clearInterval(stayAwake);
      await services.stop();
    });
}
