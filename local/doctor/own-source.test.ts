import { loadAll } from 'js-yaml';
import { expect, it } from 'vitest';
import { diagnose } from './diagnose.ts';
import { cured, manifests, ownManifests, setupOf } from './setup-fixtures.ts';

/** Our manifests with the source of batches in the KafkaSource's place. */
async function withOwnSource(replicas: number, env: Record<string, string>) {
  const entries = Object.entries(env).map(([name, value]) => `{name: ${name}, value: ${value}}`);
  const source = manifests(`
apiVersion: apps/v1
kind: Deployment
metadata:
  name: transactions-source
  labels: {app.kubernetes.io/component: source}
spec:
  replicas: ${replicas}
  template:
    spec:
      containers: [{name: source, env: [${entries.join(', ')}]}]`);
  const others = (await ownManifests()).filter(
    ({ object }) => !(object.kind === 'KafkaSource' && object.metadata.name === 'transactions'),
  );
  return [...others, ...source];
}

const DEAD_LETTER_SINK = 'http://kafka-sink-ingress/default/transactions-dlq';

it('finds nothing wrong with a source of batches as the chart makes it', async () => {
  const objects = await withOwnSource(6, { TOPIC: 'transactions', DEAD_LETTER_SINK });
  expect(diagnose(setupOf(objects)).findings).toEqual([]);
});

it('names more replicas than partitions, and the cure cures', async () => {
  const objects = await withOwnSource(7, { DEAD_LETTER_SINK });
  const { findings } = diagnose(setupOf(objects));
  expect(findings).toMatchObject([
    {
      trap: 'consumers-above-partitions',
      what: 'spec.replicas is 7, and transactions has 6 partitions',
      resource: { kind: 'Deployment', name: 'transactions-source' },
    },
  ]);
  expect(diagnose(setupOf(cured(objects, findings[0] as never))).findings).toEqual([]);
});

it.each([
  [{ DEAD_LETTER_SINK, INITIAL_OFFSET: 'latest' }, 'initial-offset-latest', 'earliest'],
  [{}, 'no-dead-letter-sink', 'http://kafka-sink-ingress'],
])('names what %j is wrong in, with the setting to apply', async (env, trap, value) => {
  const { findings } = diagnose(setupOf(await withOwnSource(1, env)));
  expect(findings).toMatchObject([{ trap }]);
  const [change] = loadAll(findings[0]?.cure ?? '') as {
    spec: { template: { spec: { containers: { env: { value: string }[] }[] } } };
  }[];
  expect(change?.spec.template.spec.containers[0]?.env[0]?.value).toContain(value);
});

it('asks how far back the topic reaches that it reads (L3)', async () => {
  const objects = await withOwnSource(1, { TOPIC: 'payments', DEAD_LETTER_SINK });
  const { unchecked } = diagnose(setupOf(objects));
  expect(unchecked.join('\n')).toContain('the retention of topic payments');
});
