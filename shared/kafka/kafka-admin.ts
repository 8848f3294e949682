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
  let lag = 0n;
  for (const { low, high, committed } of await placesOf(admin, topic, group)) {
    const nothingYet = from === 'earliest' ? low : high;
    lag += high - (committed ?? nothingYet);
  }
  return Number(lag);
}

/** The end of each partition of which the group has committed nothing yet. */
export async function endsOfNew(
  admin: Admin,
  topic: string,
  group: string,
): Promise<Map<number, bigint>> {
  const places = await placesOf(admin, topic, group);
  const isNew = places.filter(({ committed }) => committed === undefined);
  return new Map(isNew.map(({ partition, high }) => [partition, high]));
}

/** The offset that the group goes on from, of each partition of which it has committed any. */
export async function committedOf(
  admin: Admin,
  topic: string,
  group: string,
): Promise<Map<number, bigint>> {
  const [answer] = await admin.fetchOffsets({ groupId: group, topics: [topic] });
  const all = (answer?.partitions ?? []).map(
    ({ partition, offset }) => [partition, BigInt(offset)] as const,
  );
  return new Map(all.filter(([, offset]) => offset >= 0n)); // -1 is Kafka's own word for none
}

async function placesOf(admin: Admin, topic: string, group: string) {
  const ends = await admin.fetchTopicOffsets(topic);
  const committed = await committedOf(admin, topic, group);
  return ends.map(({ partition, low, high }) => {
    const places = { low: BigInt(low), high: BigInt(high), committed: committed.get(partition) };
    return { partition, ...places };
  });
}
