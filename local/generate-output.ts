import { once } from 'node:events';
import { open } from 'node:fs/promises';
import type { Writable } from 'node:stream';
import type { TopicAdmin, TopicRecord, TopicWriter } from '#shared/kafka/topic.ts';
import type { Label } from '../functions/generate/core/label.ts';
import { labelLine } from '../functions/generate/label-json.ts';

/** Where `./splitwatch generate` puts what it makes. */
export interface GenerateOutput {
  readonly write: (records: readonly TopicRecord[]) => Promise<void>;
  readonly close: () => Promise<void>;
}

/** A topic, made with so many partitions when it does not exist. Rejects when Kafka is away. */
export async function kafkaOutput(
  topics: TopicWriter & TopicAdmin,
  topic: string,
  partitions: number,
): Promise<GenerateOutput> {
  await topics.ensureTopics([{ name: topic, partitions }]);
  return { write: (records) => topics.write(topic, records), close: () => topics.close() };
}

/** One transaction a line, in a form of S4 that `./splitwatch send` reads. */
export function textOutput(stream: Writable): GenerateOutput {
  return {
    write: (records) => writeText(stream, records.map((record) => `${textOf(record)}\n`).join('')),
    close: async () => {},
  };
}

/** A file with one label a line; what it held before is gone. */
export async function openLabels(path: string): Promise<{
  readonly write: (labels: readonly Label[]) => Promise<void>;
  readonly close: () => Promise<void>;
}> {
  const file = await open(path, 'w');
  return {
    write: async (labels) => {
      await file.appendFile(labels.map(labelLine).join(''));
    },
    close: () => file.close(),
  };
}

/** A line as it is; an event as a structured CloudEvent, so that it keeps its source and id. */
function textOf({ value, headers }: TopicRecord): string {
  const { 'content-type': datacontenttype, ...attributes } = headers;
  if (attributes.ce_id === undefined) return String(value);
  const event: Record<string, unknown> = {};
  for (const [name, text] of Object.entries(attributes)) {
    if (name.startsWith('ce_')) event[name.slice(3)] = text;
  }
  return JSON.stringify({ ...event, datacontenttype, data: JSON.parse(String(value)) });
}

async function writeText(stream: Writable, text: string): Promise<void> {
  if (!stream.write(text)) await once(stream, 'drain');
}
