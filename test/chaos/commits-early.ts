import type { TopicReader } from '#shared/kafka/topic.ts';
import { runSourceProcess } from '../../local/chaos/source-process.ts';

/** A planted bug: the source commits what it has taken, not what is settled. */
const committingEarly = (reader: TopicReader): TopicReader => ({
  subscribe: (subscription) =>
    reader.subscribe({
      ...subscription,
      onRecords: async (lease, records) => {
        const last = records.at(-1);
        if (last !== undefined) await lease.commit(last.offset + 1n).catch(() => {});
        await subscription.onRecords(lease, records);
      },
    }),
});

await runSourceProcess(process.argv[2] ?? '{}', committingEarly);
