import { type ICustomPartitioner, type Message, Partitioners } from 'kafkajs';

/**
 * kafkajs asks for a message's partition again when it sends it again, and a message without a key
 * then goes to another one. The broker, which may have written it where it went first, is by then
 * ahead of the producer's own count of that partition, and takes what comes there next for a
 * repetition: it is acknowledged, and nowhere. So a message keeps the partition that it was given.
 */
export const lastingPartitioner: ICustomPartitioner = () => {
  const choose = Partitioners.DefaultPartitioner();
  const chosen = new WeakMap<Message, number>();
  return (about) => {
    const partition = chosen.get(about.message) ?? choose(about);
    chosen.set(about.message, partition);
    return partition;
  };
};
