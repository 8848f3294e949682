import { connect } from 'node:net';
import { createKafkaGroups, type KafkaGroups } from '#shared/kafka/kafka-groups.ts';
import type { KafkaSecurity } from '#shared/kafka/kafka-settings.ts';
import type { Log } from '#shared/log.ts';

const PROBE_TIMEOUT_MS = 1000;

export interface KafkaAccess {
  /** As seen from here; without them those are tried that the pods use. */
  readonly brokers?: readonly string[] | undefined;
  readonly security?: KafkaSecurity;
  readonly log: Log;
}

/** A client of the brokers when one of them can be reached from here, else undefined. */
export async function reachKafka(
  access: KafkaAccess,
  inCluster: readonly string[],
): Promise<KafkaGroups | undefined> {
  const brokers = access.brokers ?? inCluster;
  if (!(await isReachable(brokers))) return undefined;
  const { log, security } = access;
  return createKafkaGroups({ brokers, log, ...(security && { security }) });
}

/** True when one of them takes a connection from here. Never rejects. */
export async function isReachable(brokers: readonly string[]): Promise<boolean> {
  return (await Promise.all(brokers.map(canConnect))).includes(true);
}

function canConnect(broker: string): Promise<boolean> {
  const [, host = '', port = ''] = /^(.*):(\d{1,5})$/.exec(broker) ?? [];
  if (host === '') return Promise.resolve(false);
  return new Promise((resolve) => {
    const socket = connect({ host: host.replace(/^\[|\]$/g, ''), port: Number(port) });
    const end = (isThere: boolean): void => {
      socket.destroy();
      resolve(isThere);
    };
    socket.setTimeout(PROBE_TIMEOUT_MS, () => end(false));
    socket.on('connect', () => end(true)).on('error', () => end(false));
  });
}
