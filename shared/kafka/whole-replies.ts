import type { Socket } from 'node:net';

const LENGTH_BYTES = 4;

/**
 * Has a socket to a broker give out whole replies only, each four bytes of length and so many more.
 * kafkajs keeps half a reply when its connection ends, and takes the first bytes of the next
 * connection for the other half: from then on it understands nothing, and waits for ever.
 */
export function giveWholeReplies<S extends Socket>(socket: S): S {
  const emit = socket.emit.bind(socket) as (event: string, ...args: unknown[]) => boolean;
  let chunks: Buffer[] = [];
  let heldBytes = 0;
  let neededBytes = LENGTH_BYTES;
  const take = (chunk: Buffer): void => {
    chunks.push(chunk);
    heldBytes += chunk.length;
    while (heldBytes >= neededBytes) {
      const held = Buffer.concat(chunks);
      const replyBytes = LENGTH_BYTES + held.readInt32BE(0);
      if (replyBytes < LENGTH_BYTES) {
        socket.destroy(new Error('what answers here is no Kafka broker'));
        return;
      }
      if (heldBytes >= replyBytes) {
        emit('data', held.subarray(0, replyBytes));
        chunks = [held.subarray(replyBytes)];
        heldBytes -= replyBytes;
        neededBytes = LENGTH_BYTES;
      } else {
        chunks = [held];
        neededBytes = replyBytes;
      }
    }
  };
  socket.emit = ((event: string, ...args: unknown[]) => {
    if (event !== 'data') return emit(event, ...args);
    take(args[0] as Buffer);
    return true;
  }) as typeof socket.emit;
  return socket;
}
