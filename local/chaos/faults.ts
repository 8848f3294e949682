import { setTimeout as sleep } from 'node:timers/promises';
import { freezeGroup } from '../services/process-group.ts';
import { FREEZE_MS, SINK_TIMEOUT_MS } from './chaos-rule.ts';
import type { ProxyMood } from './fault-proxy.ts';
import { readAgain } from './read-again.ts';
import { redisCommand, redisInfo } from './redis-command.ts';
import type { Stage } from './stage.ts';
import type { StageFunctions } from './stage-functions.ts';
import type { Hop } from './stage-plan.ts';

/** Something that goes wrong, and is over when `strike` resolves. */
export interface Fault {
  readonly name: string;
  readonly summary: string;
  /** Always strikes; the others strike what passes by, which may be nothing when all is down. */
  readonly isSure: boolean;
  /** Which process dies of it, once a strike; none else may. */
  readonly kills?: keyof StageFunctions;
  /**
   * Resolves with how often it struck, when whatever it did has been undone. Where recovering
   * begins earlier, as after a kill, `isOver` is called then.
   */
  strike(stage: Stage, isOver: () => void): Promise<number>;
  /** What people do about it, once all faults are over. */
  repair?(stage: Stage): Promise<void>;
}

/** Longer than the deadlines of score and of the source. */
const MOOD_MS = 2500;
const FUNCTIONS = ['score', 'notify', 'source', 'sink'] as const;

const killed = (name: keyof StageFunctions): Fault => ({
  name: `${name}-killed`,
  summary: `${name} gets SIGKILL and is started again`,
  kills: name,
  isSure: true,
  strike: async ({ functions }, isOver) => {
    const kept = functions[name];
    const { restarts } = kept;
    kept.kill();
    isOver();
    while (kept.restarts === restarts) await sleep(50);
    return 1;
  },
});

const frozen = (name: keyof StageFunctions): Fault => ({
  name: `${name}-frozen`,
  summary: `${name} gets SIGSTOP, and SIGCONT after every deadline has passed`,
  isSure: true,
  strike: async ({ functions }) => {
    await freezeGroup(functions[name].pid, FREEZE_MS);
    return 1;
  },
});

const moody = (name: string, summary: string, hop: Hop, mood: ProxyMood): Fault => ({
  name,
  summary,
  isSure: false,
  strike: async ({ proxies }) => {
    const proxy = proxies[hop];
    const before = proxy.strikes;
    const end = proxy.addMood(mood);
    await sleep(MOOD_MS);
    end();
    return proxy.strikes - before;
  },
});

const cut = (hop: Hop, oneIn: number): Fault =>
  moody(`${hop}-cut`, `connections to ${hop} are cut in the middle of a reply`, hop, {
    cutOneReplyIn: oneIn,
  });

const onServer = (
  name: string,
  summary: string,
  strike: (stage: Stage) => Promise<unknown>,
): Fault => ({
  name,
  summary,
  isSure: true,
  strike: async (stage) => {
    await strike(stage);
    return 1;
  },
});

/** Recovering includes that it starts again. */
const restarted = (
  name: string,
  summary: string,
  restart: (stage: Stage) => Promise<void>,
): Fault => ({
  name,
  summary,
  isSure: true,
  strike: async (stage, isOver) => {
    const restarting = restart(stage);
    isOver();
    await restarting;
    return 1;
  },
});

const fillRedis = async ({ redisUrl }: Stage): Promise<void> => {
  const used = (await redisInfo(redisUrl)).get('used_memory') ?? 0;
  await redisCommand(redisUrl, 'CONFIG', 'SET', 'maxmemory', String(Math.ceil(used / 2)));
  await sleep(MOOD_MS);
  await redisCommand(redisUrl, 'CONFIG', 'SET', 'maxmemory', '0');
};

const pauseRedis = async ({ redisUrl }: Stage): Promise<void> => {
  await redisCommand(redisUrl, 'CLIENT', 'PAUSE', String(MOOD_MS), 'ALL');
  await sleep(MOOD_MS);
};

/** Every fault, in the order in which they are tried. */
export const FAULTS: readonly Fault[] = [
  ...FUNCTIONS.map(killed),
  restarted('redis-killed', 'Redis gets SIGKILL and comes back with its file', ({ redis }) =>
    redis.killAndRestart(),
  ),
  restarted('broker-killed', 'the broker gets SIGKILL and comes back with its log', ({ broker }) =>
    broker.killAndRestart(),
  ),
  ...FUNCTIONS.map(frozen),
  onServer('redis-frozen', 'Redis gets SIGSTOP, and SIGCONT after every deadline', ({ redis }) =>
    redis.freeze(FREEZE_MS),
  ),
  onServer('broker-frozen', 'the broker gets SIGSTOP, and SIGCONT later', ({ broker }) =>
    broker.freeze(FREEZE_MS),
  ),
  onServer('redis-paused', 'Redis answers nobody (CLIENT PAUSE)', pauseRedis),
  restarted('redis-restarted', 'Redis ends in order and comes back with its file', ({ redis }) =>
    redis.restart(),
  ),
  restarted('broker-restarted', 'the broker ends in order and comes back', ({ broker }) =>
    broker.restart(),
  ),
  onServer('redis-full', "Redis' memory is full: it refuses writes (OOM), until raised", fillRedis),
  cut('redis', 23),
  cut('kafka', 11),
  cut('score', 29),
  cut('notify', 2),
  cut('sink', 3),
  moody('redis-silent', 'what is sent to Redis and back gets stuck', 'redis', { isSilent: true }),
  moody('sink-away', 'the sink takes no connection', 'sink', { isRefusing: true }),
  moody('sink-slow', "the sink answers later than score's deadline", 'sink', {
    replyDelayMs: SINK_TIMEOUT_MS * 1.5,
  }),
  moody('sink-refusing', 'the sink writes the event, and answers 503', 'sink', {
    rewrite: ['HTTP/1.1 202 Accepted', 'HTTP/1.1 503 Tomorrow'],
  }),
  {
    ...onServer(
      'redis-wiped',
      'Redis loses everything; then the topics are read again (L3)',
      ({ redisUrl }) => redisCommand(redisUrl, 'FLUSHALL'),
    ),
    repair: readAgain,
  },
];
