import { spawn } from 'node:child_process';
import { join } from 'node:path';

/**
 * For tests: the broker's own console tools, as a person would use them. They run from the jars in
 * `KAFKA_JARS`, which ./splitwatch test sets.
 */
export function produceLines(
  brokers: string,
  topic: string,
  lines: readonly string[],
  compression: 'none' | 'gzip' | 'snappy' | 'lz4' | 'zstd' = 'none',
): Promise<string> {
  const options = ['--bootstrap-server', brokers, '--topic', topic];
  options.push('--compression-codec', compression);
  return runTool('org.apache.kafka.tools.ConsoleProducer', options, `${lines.join('\n')}\n`);
}

/** What the console consumer prints for the first `count` records: headers, key and value. */
export function consumeWithHeaders(brokers: string, topic: string, count: number): Promise<string> {
  const show = ['headers', 'key'].flatMap((what) => ['--formatter-property', `print.${what}=true`]);
  const options = ['--bootstrap-server', brokers, '--topic', topic, '--from-beginning'];
  const tool = 'org.apache.kafka.tools.consumer.ConsoleConsumer';
  return runTool(tool, [...options, '--max-messages', String(count), ...show], '');
}

function runTool(tool: string, options: readonly string[], input: string): Promise<string> {
  const jars = process.env.KAFKA_JARS;
  if (!jars) {
    throw new Error('KAFKA_JARS is not set: run ./splitwatch test, which fetches the jars');
  }
  const parameters = ['-Xmx128m', '-XX:TieredStopAtLevel=1', '-cp', join(jars, '*'), tool];
  return new Promise((resolve, reject) => {
    const child = spawn('java', [...parameters, ...options], { timeout: 60_000 });
    let output = '';
    let problems = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      problems += text;
    });
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve(output);
      else reject(new Error(`${tool} ended with ${code}: ${problems.slice(-2000)}`));
    });
    child.stdin.end(input);
  });
}
