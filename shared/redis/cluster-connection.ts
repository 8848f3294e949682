import { setTimeout as sleep } from 'node:timers/promises';
import { ErrorReply, type RedisScripts } from '@redis/client';
import { ConfigError } from '#shared/config.ts';
import { AppError } from '#shared/errors.ts';
import { clientsOf, hasSilentMaster, isWhole, mastersOf, nodesOf } from './cluster-view.ts';
import {
  BINARY,
  type BinaryRedisCommands,
  type RedisCluster,
  type RedisCommands,
} from './redis-commands.ts';
import type { RedisOptions, StartingConnection } from './redis-connection.ts';
import { fromRedis, isDemoted, isHopeless, messageOf, replyCode } from './redis-errors.ts';
import { makeCluster, reconnectDelayMs } from './redis-options.ts';
import { CLUSTER_FORM, type ClusterAddress, parseClusterUrl, showUrl } from './redis-url.ts';
import { startError } from './start-error.ts';
import { withDeadline } from './with-deadline.ts';
import { patientProblem, probeKeys, probeWrite } from './write-probe.ts';

/**
 * A connection to a Redis Cluster. The client follows MOVED and ASK, which nodes that answer say.
 * What it does not see is that a master is gone and another serves its slots: so after a call that
 * got no answer the nodes are asked anew who serves what, and where that has changed, or a master
 * is silent, a new client takes the place of the old one, whose calls in flight may end.
 */
export class ClusterConnection<S extends RedisScripts> implements StartingConnection<S> {
  readonly #options: RedisOptions<S>;
  readonly #address: ClusterAddress;
  readonly #shown: string;
  readonly problem: () => Promise<string | undefined>;
  #cluster: RedisCluster<S>;
  #phase: 'starting' | 'running' | 'closed' = 'starting';
  readonly #random: () => number = Math.random;
  #lastError: unknown;
  #isLooking = false;
  #lookedAtMs = Number.NEGATIVE_INFINITY;
  /** Masters whose connection is lost, as HOST:PORT. */
  readonly #away = new Set<string>();

  /** @throws ConfigError for an address that is none. */
  constructor(options: RedisOptions<S>) {
    const address = parseClusterUrl(options.url);
    if (address === undefined) throw new ConfigError([`REDIS_URL: expected ${CLUSTER_FORM}`]);
    this.#options = options;
    this.#address = address;
    this.#shown = showUrl(options.url);
    this.#cluster = this.#make();
    this.problem = patientProblem(() => this.#probeAny(), options.problemAfterMs);
  }

  async start(): Promise<void> {
    const { startTimeoutMs = 10_000 } = this.#options;
    const endMs = performance.now() + startTimeoutMs;
    for (let attempt = 0; ; attempt++) {
      try {
        await this.#reachAll(endMs - performance.now());
        break;
      } catch (error) {
        this.#cluster.destroy();
        const cause = this.#lastError ?? error;
        const delayMs = reconnectDelayMs(attempt, this.#random());
        if (isHopeless(cause) || performance.now() + delayMs >= endMs) {
          throw startError(this.#shown, startTimeoutMs, cause);
        }
        await sleep(delayMs);
        this.#cluster = this.#make();
      }
    }
    this.#phase = 'running';
  }

  call<T>(use: (client: RedisCommands<S>) => Promise<T>): Promise<T> {
    return this.#under((cluster) => use(cluster as unknown as RedisCommands<S>));
  }

  callBinary<T>(use: (client: BinaryRedisCommands<S>) => Promise<T>): Promise<T> {
    return this.#under((cluster) =>
      use(cluster.withTypeMapping(BINARY) as unknown as BinaryRedisCommands<S>),
    );
  }

  askMasters(words: readonly string[]): Promise<unknown[]> {
    return this.#under((cluster) =>
      Promise.all(
        cluster.masters.map(async (node) => {
          const client = await cluster.nodeClient(node);
          return client.sendCommand([...words]);
        }),
      ),
    );
  }

  async close(): Promise<void> {
    if (this.#phase === 'closed') return;
    this.#phase = 'closed';
    await this.#retire(this.#cluster);
  }

  /** Every slot has a master, and each master takes writes. */
  async #reachAll(remainingMs: number): Promise<void> {
    this.#lastError = undefined;
    await withDeadline(this.#cluster.connect(), remainingMs);
    if (!isWhole(this.#cluster)) throw new AppError('state', NOT_WHOLE);
    this.#lastError = undefined;
    const keys = probeKeys(mastersOf(this.#cluster));
    await Promise.all(keys.map((key) => this.#probe(key)));
  }

  async #under<T>(work: (cluster: RedisCluster<S>) => Promise<T>): Promise<T> {
    const cluster = this.#cluster;
    try {
      return await withDeadline(work(cluster), this.#options.timeoutMs);
    } catch (thrown) {
      // The client trips over a slot that nobody serves.
      const isHole = thrown instanceof TypeError && !isWhole(cluster);
      const error = isHole ? new AppError('state', NOT_WHOLE, { cause: thrown }) : thrown;
      if (isHole || mayHaveMoved(error)) void this.#look();
      throw fromRedis(error);
    }
  }

  /** A write on each master, or on the one that matters; one that is taken is enough. */
  async #probeAny(): Promise<void> {
    const { writeProbeKey } = this.#options;
    const keys = writeProbeKey ? [writeProbeKey] : probeKeys(mastersOf(this.#cluster));
    const results = await Promise.allSettled(keys.map((key) => this.#probe(key)));
    if (results.some(({ status }) => status === 'fulfilled')) return;
    throw results.find((result) => result.status === 'rejected')?.reason ?? new Error(NOT_WHOLE);
  }

  #probe(key: string): Promise<void> {
    return this.call((client) => probeWrite(client, key));
  }

  async #look(): Promise<void> {
    const { timeoutMs, stuckAfterMs = 3 * timeoutMs, log } = this.#options;
    if (this.#phase !== 'running' || this.#isLooking) return;
    if (performance.now() - this.#lookedAtMs < stuckAfterMs) return;
    this.#isLooking = true;
    const old = this.#cluster;
    const fresh = this.#make([...this.#address.nodes, ...nodesOf(old)]);
    try {
      const [isSilent] = await Promise.all([
        hasSilentMaster(old, timeoutMs),
        withDeadline(fresh.connect(), LOOK_MAX_MS),
      ]);
      const isChanged = mastersOf(fresh).join() !== mastersOf(old).join();
      if ((isChanged || isSilent) && this.#isRunning()) {
        log.warn({ redis: this.#shown, isChanged, isSilent }, 'Redis Cluster: connecting anew');
        this.#cluster = fresh;
        this.#away.clear();
        await this.#retire(old);
      } else {
        fresh.destroy();
      }
    } catch {
      // No node says who serves what. The next call that gets no answer has us ask again.
      fresh.destroy();
    } finally {
      this.#lookedAtMs = performance.now();
      this.#isLooking = false;
    }
  }

  /** Asked again after a wait, during which `close` may have come. */
  #isRunning(): boolean {
    return this.#phase === 'running';
  }

  /** Lets its calls in flight end, within the deadline. */
  async #retire(cluster: RedisCluster<S>): Promise<void> {
    const clients = clientsOf(cluster);
    await withDeadline(cluster.close(), this.#options.timeoutMs).catch(() => {});
    // The cluster forgets its clients as soon as it closes, also those that do not come to an end.
    for (const client of clients) client.destroy();
  }

  #make(nodes = this.#address.nodes): RedisCluster<S> {
    const { timeoutMs, name = 'splitwatch', scripts = {} as S } = this.#options;
    const address = { ...this.#address, nodes };
    const cluster = makeCluster({ address, name, timeoutMs, scripts, random: this.#random });
    cluster.on('error', (error) => {
      this.#lastError = error;
    });
    cluster.on('node-error', (error, node) => {
      this.#lastError = error;
      if (cluster === this.#cluster) this.#lose(`${node.host}:${node.port}`, error);
    });
    cluster.on('node-ready', (node) => this.#regain(`${node.host}:${node.port}`));
    return cluster;
  }

  #lose(master: string, error: unknown): void {
    if (this.#away.has(master) || this.#phase !== 'running') return;
    this.#away.add(master);
    const fields = { redis: this.#shown, master, reason: messageOf(error) };
    this.#options.log.warn(fields, 'a master of Redis is away: trying again');
  }

  #regain(master: string): void {
    if (!this.#away.delete(master)) return;
    this.#options.log.info({ redis: this.#shown, master }, 'a master of Redis is back');
  }
}

const NOT_WHOLE = 'Redis Cluster has slots that no master serves';
/** A node that says nothing costs a second and more of it. */
const LOOK_MAX_MS = 10_000;

/** No answer, or one that says that the node is no master or that the cluster is not whole. */
function mayHaveMoved(error: unknown): boolean {
  if (!(error instanceof ErrorReply)) return !(error instanceof TypeError);
  return isDemoted(error) || replyCode(error) === 'CLUSTERDOWN';
}
