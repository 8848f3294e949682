import { connect as connectTcp, isIP } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { type ISocketFactory, Kafka, type KafkaConfig, logLevel } from 'kafkajs';
import { AppError } from '#shared/errors.ts';
import type { Log } from '#shared/log.ts';
import { readAllCompressions } from './compression.ts';
import type { KafkaSecurity } from './kafka-settings.ts';
import { silenceKafkajsTimeoutWarning } from './negative-timeout-warning.ts';
import { giveWholeReplies } from './whole-replies.ts';

export interface KafkaClientOptions {
  /** HOST:PORT each. */
  readonly brokers: readonly string[];
  readonly log: Log;
  /** Plain text and no login unless set. */
  readonly security?: KafkaSecurity;
  /** How the brokers know us; `splitwatch` unless set. */
  readonly clientId?: string;
}

/** kafkajs with every default that matters written out. Connects to nothing yet. */
export function createKafkaClient(options: KafkaClientOptions): Kafka {
  silenceKafkajsTimeoutWarning();
  readAllCompressions();
  return new Kafka({
    ...clientConfig(options),
    logLevel: logLevel.WARN,
    logCreator: () => (entry) => {
      // What kafkajs calls an error it mostly mends itself; what it cannot, it throws, and we log.
      const { message, error } = entry.log;
      options.log.debug({ kafkajs: entry.namespace, cause: error }, message);
    },
  });
}

/** How to reach the brokers, in the words of kafkajs. */
export function clientConfig(
  options: KafkaClientOptions,
): Omit<KafkaConfig, 'logLevel' | 'logCreator'> {
  const { ssl, sasl } = options.security ?? { ssl: false, sasl: undefined };
  return {
    clientId: options.clientId ?? 'splitwatch',
    brokers: [...options.brokers],
    ssl,
    ...(sasl === undefined ? {} : { sasl }),
    connectionTimeout: 3000,
    authenticationTimeout: 10_000,
    socketFactory: openSocket,
    requestTimeout: 10_000,
    enforceRequestTimeout: true,
    retry: { initialRetryTime: 100, maxRetryTime: 2000, factor: 0.2, multiplier: 2, retries: 5 },
  };
}

const KEEP_ALIVE_DELAY_MS = 60_000;

/** As kafkajs does it by itself, but for {@link giveWholeReplies}. */
const openSocket: ISocketFactory = ({ host, port, ssl, onConnect }) => {
  const servername = isIP(host) === 0 ? { servername: host } : {};
  const socket = ssl
    ? connectTls({ host, port, ...servername, ...ssl }, onConnect)
    : connectTcp({ host, port }, onConnect);
  socket.setKeepAlive(true, KEEP_ALIVE_DELAY_MS);
  return giveWholeReplies(socket);
};

/** The refusal that callers see when a broker does not do what was asked. */
export function topicError(brokers: readonly string[], what: string, cause: unknown): AppError {
  if (cause instanceof AppError) return cause;
  const why = cause instanceof Error ? cause.message : String(cause);
  return new AppError('topic', `Kafka at ${brokers.join(',')}: ${what}: ${why}`, { cause });
}

/** The promise's result, or AppError `topic` when the deadline passes first. */
export async function withinDeadline<T>(
  work: Promise<T>,
  deadlineMs: number,
  brokers: readonly string[],
  what: string,
): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_resolve, reject) => {
    const late = new Error(`no answer within ${deadlineMs} ms`);
    timer = setTimeout(() => reject(late), deadlineMs);
  });
  try {
    return await Promise.race([work, deadline]);
  } catch (error) {
    throw topicError(brokers, what, error);
  } finally {
    clearTimeout(timer);
  }
}
