import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import type { Settings } from '#shared/config.ts';
import { generateSettings } from '../functions/generate/config.ts';
import { notifySettings } from '../functions/notify/config.ts';
import { scoreSettings } from '../functions/score/config.ts';
import { sourceSettings } from '../local/source-process/config.ts';

const read = (name: string): string =>
  readFileSync(join(import.meta.dirname, 'chart', name), 'utf8');
const schema = JSON.parse(read('values.schema.json'));

/** Set by the chart itself, by Knative, or not to be set at all. */
const NOT_FOR_VALUES = ['PORT', 'HOST', 'DRAIN_MS', 'REDIS_URL'];
/** What a KafkaSource would be told stands in `sources.transactions`. */
const SOURCES_OWN = [
  ...['K_SINK', 'KAFKA_', 'TOPIC', 'CONSUMER_GROUP', 'INITIAL_OFFSET', 'ORDERING', 'SOURCE_'],
  ...['RETRY', 'BACKOFF_', 'REQUEST_TIMEOUT', 'DEAD_LETTER_SINK'],
];
const FUNCTIONS: readonly (readonly [string, Settings, readonly string[]])[] = [
  // A KafkaSource has no token to send.
  ['score', scoreSettings, ['K_SINK', 'K_CE_OVERRIDES', 'AUTH_TOKEN']],
  ['notify', notifySettings, ['PAGE_TOKEN', 'TOPIC_NAME', 'AUTH_TOKEN']],
  ['generate', generateSettings, ['TOPIC', 'MAKE_', 'DROP_', 'KAFKA_']],
  ['source', sourceSettings, SOURCES_OWN],
];

describe.each(FUNCTIONS)('the schema of %s', (name, settings, chartsOwn) => {
  const { env, secretEnv } = schema.properties[name].properties;
  const free = Object.keys(settings).filter(
    (key) => ![...NOT_FOR_VALUES, ...chartsOwn].some((own) => key.startsWith(own)),
  );

  it('takes every setting of the function and no other name', () => {
    const open = free.filter((key) => !settings[key]?.secret);
    expect(Object.keys(env.properties).sort()).toEqual(open.sort());
    expect(env.additionalProperties).toBe(false);
  });

  it('takes what is secret from Secrets only', () => {
    const secret = free.filter((key) => settings[key]?.secret);
    expect(Object.keys(secretEnv?.properties ?? {}).sort()).toEqual(secret.sort());
  });
});

it('knows every value that values.yaml documents, and no other', () => {
  const compare = (values: object, { properties = {} }: { properties?: object }, path: string) => {
    const known = Object.keys(properties).filter((key) => key !== 'global');
    if (known.length === 0) return;
    for (const key of Object.keys(values)) expect(known, path).toContain(key);
  };
  const values = load(read('values.yaml')) as Record<string, object>;
  compare(values, schema, '');
  expect(Object.keys(values).sort()).toEqual([...schema.required].sort());
  for (const [key, value] of Object.entries(values)) compare(value, schema.properties[key], key);
});

it("carries the project's version as the chart's and as the images' tag", () => {
  const { version } = JSON.parse(
    readFileSync(join(import.meta.dirname, '..', 'package.json'), 'utf8'),
  );
  expect(load(read('Chart.yaml'))).toMatchObject({ version, appVersion: version });
});
