import { setTimeout as sleep } from 'node:timers/promises';
import { createKafkaGroups, type KafkaGroups } from '#shared/kafka/kafka-groups.ts';
import { createLog } from '#shared/log.ts';
import { createRandom } from '../../functions/generate/core/random.ts';
import { type Evidence, gatherEvidence } from './evidence.ts';
import type { Fault } from './faults.ts';
import { grown, type Held, measureHeld, rssGrowth } from './memory.ts';
import { createOracle } from './oracle-says.ts';
import { countRestarts } from './restarts.ts';
import { type Stage, startStage } from './stage.ts';
import { GROUPS, type StageOptions, TOPICS } from './stage-plan.ts';
import { createSteadyLoad, type SteadyLoad } from './steady-load.ts';
import { judge, type Problem } from './verdict.ts';

export interface ChaosOptions extends StageOptions {
  readonly seed: number;
  readonly ratePerSecond: number;
  /** For how long the load goes on before each fault, milliseconds. */
  readonly loadMs: number;
  /** The clock, epoch milliseconds. */
  readonly now: () => number;
}

export interface FaultResult {
  readonly fault: string;
  /** How often it struck. */
  readonly times: number;
  /** From the end of the fault until the backlog was worked off, under load. */
  readonly recoveredMs: number;
  /** Records that were written so far. */
  readonly records: number;
  readonly lost: number;
  readonly doubled: number;
  /** Resident memory of each process now, less what it held before any fault. */
  readonly grownBytes: Readonly<Record<string, number>>;
  /** All that is wrong now and was not before, in sentences. */
  readonly problems: readonly string[];
}

export interface ChaosRun {
  /** Has the faults strike, one or several at once, and judges what came of it. */
  play(name: string, faults: readonly Fault[]): Promise<FaultResult>;
  readonly stage: Stage;
  stop(): Promise<void>;
}

/** Several faults begin within this time of one another. */
const SPREAD_MS = 3000;
const STUCK_AFTER_MS = 60_000;
const POLL_MS = 100;

/**
 * A stage under a steady load, on which faults are played. Resolves when the past is written and
 * settled.
 */
export async function startChaos(options: ChaosOptions): Promise<ChaosRun> {
  const stage = await startStage(options);
  const log = createLog('chaos', 'silent');
  const groups = createKafkaGroups({ brokers: stage.brokers, log });
  let evidence: Evidence | undefined;
  const stop = async (): Promise<void> => {
    await evidence?.stop().catch(() => {});
    await groups.close();
    await stage.stop();
  };
  try {
    evidence = await gatherEvidence(stage.topics);
    const { seed, ratePerSecond, now } = options;
    const where = { writer: stage.topics, topic: TOPICS.transactions };
    const load = createSteadyLoad({ ...where, seed, ratePerSecond, now });
    const engine = new ChaosEngine({ options, stage, groups, evidence, load });
    await engine.begin();
    return { stage, play: (name, faults) => engine.play(name, faults), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

interface EngineParts {
  readonly options: ChaosOptions;
  readonly stage: Stage;
  readonly groups: KafkaGroups;
  readonly evidence: Evidence;
  readonly load: SteadyLoad;
}

class ChaosEngine {
  readonly #parts: EngineParts;
  readonly #oracle = createOracle();
  readonly #known = new Set<string>();
  readonly #random;
  #before: Held | undefined;

  constructor(parts: EngineParts) {
    this.#parts = parts;
    this.#random = createRandom(parts.options.seed, 7);
  }

  async begin(): Promise<void> {
    const { load, stage, options } = this.#parts;
    options.log('chaos: what came before, further back than the totals reach');
    await load.writePast();
    load.resume();
    await sleep(options.loadMs);
    await load.pause();
    let problems: readonly Problem[] = [];
    // A source with a planted bug says that it is done before it is.
    await this.#until('all is right before any fault', async () => {
      problems = await this.#wrong();
      return problems.length === 0;
    }).catch((error: Error) => {
      throw new Error(`${error.message}: ${problems[0]?.what}`);
    });
    this.#before = await measureHeld(stage);
  }

  async play(name: string, faults: readonly Fault[]): Promise<FaultResult> {
    const { load, stage, options, evidence } = this.#parts;
    const restartsBeyond = countRestarts(stage.functions);
    load.resume();
    await sleep(options.loadMs);
    let overAtMs = performance.now();
    const isOver = (): void => {
      overAtMs = performance.now();
    };
    const delays = faults.map(() => (faults.length === 1 ? 0 : this.#random.below(SPREAD_MS)));
    const strikes = await Promise.all(
      faults.map(async (fault, i) => {
        await sleep(delays[i]);
        const before = overAtMs;
        const times = await fault.strike(stage, isOver);
        if (overAtMs === before) isOver();
        return times;
      }),
    );
    await this.#repair(faults);
    const backlog = load.written;
    await this.#until('the backlog is worked off', async () => {
      const { written } = load;
      return written - (await this.#lag()) >= backlog;
    });
    const recoveredMs = performance.now() - overAtMs;
    await load.pause();
    const problems = await this.#judged();
    const sum = (kind: Problem['kind']): number =>
      problems.reduce((total, one) => total + (one.kind === kind ? one.count : 0), 0);
    const held = await measureHeld(stage);
    const before = this.#before ?? held;
    return {
      ...{ fault: name, recoveredMs, lost: sum('lost'), doubled: sum('doubled') },
      times: strikes.reduce((total, times) => total + times, 0),
      records: load.written,
      grownBytes: rssGrowth(before, held),
      problems: [
        ...problems.map(({ what }) => what),
        ...restartsBeyond(faults),
        ...grown(before, held, evidence.transactions.length),
      ],
    };
  }

  async #repair(faults: readonly Fault[]): Promise<void> {
    const { stage } = this.#parts;
    for (const { repair } of faults) await repair?.(stage);
  }

  /** What is wrong now and was not before. */
  async #judged(): Promise<Problem[]> {
    const news = (await this.#wrong()).filter(({ what }) => !this.#known.has(what));
    for (const { what } of news) this.#known.add(what);
    return news;
  }

  /** Waits until all is settled, and tells all that is wrong. */
  async #wrong(): Promise<readonly Problem[]> {
    const { stage, evidence } = this.#parts;
    await this.#until('all is settled', async () => {
      return (await this.#lag()) === 0 && (await evidence.unread()) === 0;
    });
    const pairKeys = this.#oracle.hear(evidence.transactions);
    return judge({ stage, evidence, oracle: this.#oracle, pairKeys });
  }

  /** Records that score or notify have yet to settle. */
  async #lag(): Promise<number> {
    const { groups } = this.#parts;
    const toScore = await groups.lag(GROUPS.score, TOPICS.transactions);
    return toScore + (await groups.lag(GROUPS.notify, TOPICS.fraud));
  }

  /**
   * Waits as long as there is progress, which is slow on a busy machine. Kafka may be away for a
   * moment while it is asked.
   */
  async #until(what: string, condition: () => Promise<boolean>): Promise<void> {
    const { load } = this.#parts;
    let mostSettled = Number.NEGATIVE_INFINITY;
    let progressAtMs = performance.now();
    while (!(await condition().catch(() => false))) {
      const lag = await this.#lag().catch(() => Number.POSITIVE_INFINITY);
      if (load.written - lag > mostSettled) progressAtMs = performance.now();
      mostSettled = Math.max(mostSettled, load.written - lag);
      if (performance.now() - progressAtMs > STUCK_AFTER_MS) {
        throw new Error(`${what}: not so, and no progress for ${STUCK_AFTER_MS} ms`);
      }
      await sleep(POLL_MS);
    }
  }
}
