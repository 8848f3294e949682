import type { Setting } from '#shared/config.ts';
import type { TopicSpec } from '#shared/kafka/topic.ts';

const TOPIC = /^([A-Za-z0-9._-]{1,249}):([1-9]\d{0,4})(?::([1-9]\d{0,2}))?$/;

/**
 * The setting that turns a start of generate into an errand: make the topics that are missing, then
 * end. On a cluster without an operator for topics a Job runs it before the sources begin to read.
 */
export const makeTopicsSetting: Setting<readonly TopicSpec[] | undefined> = {
  description:
    'Topics to make where missing, NAME:PARTITIONS[:REPLICAS], separated by commas; ' +
    'generate then does only that, and ends.',
  optional: true,
  parse: (text) => {
    const value: TopicSpec[] = [];
    for (const part of text.split(',')) {
      const [, name, partitions, replicas] = TOPIC.exec(part.trim()) ?? [];
      if (name === undefined) return { expected: 'NAME:PARTITIONS or NAME:PARTITIONS:REPLICAS' };
      const spec = { name, partitions: Number(partitions) };
      value.push(replicas === undefined ? spec : { ...spec, replicas: Number(replicas) });
    }
    return { value };
  },
};
