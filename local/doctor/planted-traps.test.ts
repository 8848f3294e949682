import { expect, it } from 'vitest';
import { diagnose } from './diagnose.ts';
import { PLANTED, PLANTED_BESIDE, PLANTED_IN_TOPICS } from './planted-fixtures.ts';
import { cured, manifests, ownManifests, pick, setupOf } from './setup-fixtures.ts';
import { TRAP_NAMES, TRAPS } from './traps.ts';

it.each(PLANTED)('%s: planted in %s, named, and cured by its cure', async (...row) => {
  const [trap, where, plant, what] = row;
  const objects = await ownManifests();
  plant(pick(objects, where));
  const { findings } = diagnose(setupOf(objects));
  expect(findings.map((found) => found.trap)).toEqual([trap]);
  const [found] = findings as [(typeof findings)[0]];
  expect(found.what).toContain(what);
  expect(found).toMatchObject({ ...TRAPS[trap], resource: { file: expect.any(String) } });
  expect(diagnose(setupOf(cured(objects, found))).findings).toEqual([]);
});

const TOPIC = `
apiVersion: kafka.strimzi.io/v1
kind: KafkaTopic
metadata: {name: transactions, namespace: kafka}
spec:
  partitions: 6
  config: `;

it.each(PLANTED_IN_TOPICS)('%s: planted in a KafkaTopic, and cured (L3)', async (...row) => {
  const [trap, config, what] = row;
  const objects = [...(await ownManifests()), ...manifests(TOPIC + config)];
  const { findings } = diagnose(setupOf(objects));
  expect(findings).toMatchObject([{ trap, what, resource: { kind: 'KafkaTopic' } }]);
  expect(diagnose(setupOf(cured(objects, findings[0] as never))).findings).toEqual([]);
});

it.each(PLANTED_BESIDE)('%s: planted beside our manifests, and where to go', async (...row) => {
  const [trap, yaml, what] = row;
  const objects = [...(await ownManifests()), ...manifests(yaml)];
  const { findings } = diagnose(setupOf(objects));
  expect(findings).toMatchObject([{ trap, what, cure: expect.stringContaining('https://') }]);
});

it('has planted every trap that it knows', () => {
  const rows = [...PLANTED, ...PLANTED_IN_TOPICS, ...PLANTED_BESIDE];
  const planted = new Set(rows.map(([trap]) => trap));
  expect(TRAP_NAMES.filter((trap) => !planted.has(trap))).toEqual([]);
});
