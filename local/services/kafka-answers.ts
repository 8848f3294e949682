import { connect } from 'node:net';

/** ApiVersions request, version 0, correlation id 1, client id "splitwatch" (Kafka protocol). */
const REQUEST = Buffer.from([
  0, 0, 0, 20, 0, 18, 0, 0, 0, 0, 0, 1, 0, 10, 115, 112, 108, 105, 116, 119, 97, 116, 99, 104,
]);
const REPLY_HEAD_BYTES = 10;
const TIMEOUT_MS = 2_000;

/**
 * True when a Kafka broker answers at `HOST:PORT`. A KRaft broker answers only once it is
 * registered and unfenced, so this also says that it can be worked with. Never rejects.
 */
export function kafkaAnswers(address: string): Promise<boolean> {
  const separator = address.lastIndexOf(':');
  const host = address.slice(0, separator).replace(/^\[|\]$/g, '');
  const port = Number(address.slice(separator + 1));
  if (separator < 1 || !Number.isInteger(port) || port < 1 || port > 65_535) {
    return Promise.resolve(false);
  }
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    let received = Buffer.alloc(0);
    const end = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(TIMEOUT_MS, () => end(false));
    socket.once('error', () => end(false));
    socket.once('close', () => resolve(false));
    socket.once('connect', () => socket.write(REQUEST));
    socket.on('data', (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      if (received.length < REPLY_HEAD_BYTES) return;
      const correlationId = received.readInt32BE(4);
      const errorCode = received.readInt16BE(8);
      end(correlationId === 1 && errorCode === 0);
    });
  });
}
