import { startHttpLoad } from '../load/http-load.ts';
import { startOwnRedis } from '../parts/own-redis.ts';
import { scoreSettingsFor, startMeasured } from '../parts/score-process.ts';
import { byTurns, median } from '../statistics.ts';
import { type GrowthParts, KINDS, type Kind, type LoadCost, measureLoad } from './growth-parts.ts';

export const SPREADS = ['4,000 pairs', 'a single pair'] as const;
export type Spread = (typeof SPREADS)[number];

const TRANSACTIONS = 10_000;

export interface SpreadCost extends LoadCost {
  readonly spread: Spread;
  readonly kind: Kind;
}

/** Every transaction of one pair: each has to see the one before it. */
export async function measureHotPair(parts: GrowthParts): Promise<readonly SpreadCost[]> {
  const redis = await startOwnRedis({ hasFile: true });
  const load = startHttpLoad();
  const settings = scoreSettingsFor(redis.url, parts.sinkPort);
  const score = await startMeasured('score', parts.script, settings);
  const kinds = Object.keys(KINDS) as readonly Kind[];
  const points = kinds.flatMap((kind) => SPREADS.map((spread) => ({ kind, spread })));
  const names = points.map((point) => JSON.stringify(point));
  try {
    const measure = (name: string): Promise<LoadCost> => {
      const { kind, spread } = JSON.parse(name) as (typeof points)[number];
      const pairs = spread === 'a single pair' ? 1 : 4000;
      return measureLoad({
        ...{ scores: [score], loads: [load], redisPids: [redis.pid], kind },
        spec: () => ({ run: `hot ${name}`, pairs, stepMs: 50 }),
        transactions: TRANSACTIONS,
      });
    };
    await byTurns(names, 1, measure);
    const found = await byTurns(names, parts.rounds, measure);
    return points.map((point, i) => {
      const costs = found[names[i] as string] ?? [];
      const of = (what: keyof LoadCost): number => median(costs.map((cost) => cost[what]));
      parts.log(`${names[i]} ${Math.round(of('perSecond'))}/s`);
      return {
        ...point,
        ...{ perSecond: of('perSecond'), scoreUs: of('scoreUs'), redisUs: of('redisUs') },
      };
    });
  } finally {
    await score.stop();
    await load.stop();
    await redis.stop();
  }
}
