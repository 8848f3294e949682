import type { Admin } from 'kafkajs';
import { withinDeadline } from './kafka-client.ts';

/** Longest time that one question to the brokers may take. */
export const ADMIN_TIMEOUT_MS = 10_000;

/** One admin connection for all questions, made when first needed, made anew after a failure. */
export function adminOf(create: () => Admin, brokers: readonly string[]) {
  let connected: Promise<Admin> | undefined;
  const drop = async (): Promise<void> => {
    const dropped = connected;
    connected = undefined;
    await dropped?.then((admin) => admin.disconnect()).catch(() => {});
  };
  const connect = async (): Promise<Admin> => {
    const admin = create();
    await admin.connect();
    return admin;
  };
  return {
    async run<T>(what: string, work: (admin: Admin) => Promise<T>): Promise<T> {
      connected ??= connect();
      try {
        return await withinDeadline(connected.then(work), ADMIN_TIMEOUT_MS, brokers, what);
      } catch (error) {
        void drop();
        throw error;
      }
    },
    close: drop,
  };
}

/** Records of the topic that the group has not committed yet, in all partitions. */
export async function lagOf(
  admin: Admin,
  topic: string,
  group: string,
  from: 'earliest' | 'latest',
): Promise<number> {
  const ends = await admin.fetchTopicOffsets(topic);
  const [committed] = await admin.fetchOffsets({ groupId: group, topics: [topic] });
  const settled = new Map(
    (committed?.partitions ?? []).map(({ partition, offset }) => [partition, BigInt(offset)]),
  );
  let lag = 0n;
  for (const { partition, low, high } of ends) {
    const offset = settled.get(partition) ?? -1n;
    const nothingYet = from === 'earliest' ? BigInt(low) : BigInt(high);
    lag += BigInt(high) - (offset < 0n ? nothingYet : offset);
  }
  return Number(lag);
}
