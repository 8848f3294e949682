import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createClient } from '@redis/client';
import { keySlot, SLOTS } from './key-slot.ts';
import { freePort, type OwnRedisServer, startOwnRedisServer } from './own-redis-server.ts';

export interface OwnRedisNode extends OwnRedisServer {
  readonly id: string;
  /** Its answer to a command given word for word. */
  readonly tell: (...words: string[]) => Promise<unknown>;
}

export interface OwnRedisCluster {
  readonly url: string;
  readonly masters: readonly OwnRedisNode[];
  /** One for each master, in their order, where they were asked for. */
  readonly replicas: readonly OwnRedisNode[];
  /** Which of the masters the cluster began with has the key's slot. */
  readonly masterOf: (key: string) => OwnRedisNode;
  readonly kill: () => Promise<void>;
}

/** A node that does not answer for so long is taken for lost, and its replica comes in. */
const NODE_TIMEOUT_MS = 1_000;
const START_TIMEOUT_MS = 30_000;

/**
 * A real Redis Cluster of a test's own, of three masters on free ports, each with a replica or
 * none.
 */
export async function startOwnRedisCluster(
  options: { readonly hasReplicas?: boolean; readonly settings?: readonly string[] } = {},
): Promise<OwnRedisCluster> {
  const { hasReplicas = false, settings = [] } = options;
  const folder = await mkdtemp(join(tmpdir(), 'splitwatch-redis-cluster-'));
  const nodes: OwnRedisNode[] = [];
  const kill = async (): Promise<void> => {
    for (const node of nodes) await node.kill();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    for (let i = 0; i < (hasReplicas ? 6 : 3); i++) {
      nodes.push(await startNode(await mkdtemp(join(folder, 'node-')), settings));
    }
    const [masters, replicas] = [nodes.slice(0, 3), nodes.slice(3)];
    await joinUp(masters, replicas);
    const url = `redis+cluster://${masters.map(({ port }) => `127.0.0.1:${port}`).join()}`;
    const masterOf = (key: string): OwnRedisNode => masters[ownerOf(keySlot(key))] as OwnRedisNode;
    return { url, masters, replicas, masterOf, kill };
  } catch (error) {
    await kill();
    throw error;
  }
}

async function startNode(folder: string, settings: readonly string[]): Promise<OwnRedisNode> {
  const server = await startOwnRedisServer([
    ...['--dir', folder, '--cluster-enabled', 'yes', '--cluster-config-file', 'nodes.conf'],
    // Else 10,000 above its port, which may be out of range.
    ...['--cluster-port', String(await freePort())],
    ...['--cluster-node-timeout', String(NODE_TIMEOUT_MS), '--repl-diskless-sync-delay', '0'],
    ...['--cluster-replica-validity-factor', '0', ...settings],
  ]);
  const tell = (...words: string[]): Promise<unknown> => tellServer(server.url, words);
  return { ...server, tell, id: String(await tell('CLUSTER', 'MYID')) };
}

async function tellServer(url: string, words: string[]): Promise<unknown> {
  const client = createClient({ url, RESP: 2, socket: { reconnectStrategy: false } });
  client.on('error', () => {});
  await client.connect();
  try {
    return await client.sendCommand(words);
  } finally {
    client.destroy();
  }
}

/** Which of three masters has a slot. */
const ownerOf = (slot: number): number => Math.floor((slot * 3) / SLOTS);

async function joinUp(
  masters: readonly OwnRedisNode[],
  replicas: readonly OwnRedisNode[],
): Promise<void> {
  const slots = Array.from({ length: SLOTS }, (_, slot) => slot);
  for (const [i, master] of masters.entries()) {
    const own = slots.filter((slot) => ownerOf(slot) === i);
    await master.tell('CLUSTER', 'ADDSLOTSRANGE', `${own[0]}`, `${own.at(-1)}`);
    await master.tell('CLUSTER', 'SET-CONFIG-EPOCH', String(i + 1));
  }
  const nodes = [...masters, ...replicas];
  const busPort = async ({ tell }: OwnRedisNode): Promise<string> =>
    String(((await tell('CONFIG', 'GET', 'cluster-port')) as string[])[1]);
  for (const node of nodes.slice(1)) {
    const words = ['127.0.0.1', String(node.port), await busPort(node)];
    await (nodes[0] as OwnRedisNode).tell('CLUSTER', 'MEET', ...words);
  }
  await until(nodes, async ({ tell }) => {
    const info = String(await tell('CLUSTER', 'INFO'));
    return info.includes('cluster_state:ok') && info.includes(`known_nodes:${nodes.length}`);
  });
  for (const [i, replica] of replicas.entries()) {
    await replica.tell('CLUSTER', 'REPLICATE', (masters[i] as OwnRedisNode).id);
  }
  await until(replicas, async ({ tell }) =>
    String(await tell('INFO', 'replication')).includes('master_link_status:up'),
  );
  // A replica votes and is voted for only once all have heard of it.
  await until(nodes, async ({ tell }) => {
    const lines = String(await tell('CLUSTER', 'NODES')).match(/[ ,]slave /g) ?? [];
    return lines.length === replicas.length;
  });
}

async function until(
  nodes: readonly OwnRedisNode[],
  isTrue: (node: OwnRedisNode) => Promise<boolean>,
): Promise<void> {
  const endMs = performance.now() + START_TIMEOUT_MS;
  for (const node of nodes) {
    while (!(await isTrue(node))) {
      if (performance.now() > endMs) throw new Error('the Redis Cluster does not come together');
      await sleep(20);
    }
  }
}
