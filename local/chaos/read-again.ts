import { randomUUID } from 'node:crypto';
import { createKafkaHistory } from '#shared/kafka/kafka-history.ts';
import { createLog } from '#shared/log.ts';
import { connectRedis } from '#shared/redis/client.ts';
import { rebuild } from '../rebuild/rebuild.ts';
import { REQUEST_TIMEOUT_MS } from './chaos-rule.ts';
import type { Stage } from './stage.ts';
import { TOPICS } from './stage-plan.ts';

/**
 * What people do who have lost Redis: totals and alerts are read again, while nobody else reads.
 */
export async function readAgain(stage: Stage): Promise<void> {
  const log = createLog('chaos', 'silent');
  const history = createKafkaHistory({ brokers: stage.brokers, log });
  const redis = await connectRedis({ url: stage.redisUrl, timeoutMs: 10_000, log });
  const { score, notify } = stage.functions;
  try {
    await stage.withoutSource(async () => {
      await rebuild({
        ...{ history, redis, isForced: true, quietMs: 2 * REQUEST_TIMEOUT_MS },
        score: { topic: TOPICS.transactions, url: score.url },
        alerts: { topic: TOPICS.fraud, url: notify.url },
        source: { namespace: 'default', name: TOPICS.transactions },
        ...{ now: Date.now, makeId: randomUUID, signal: new AbortController().signal },
        report: { say: () => {}, progress: () => {} },
      });
    });
  } finally {
    await Promise.all([history.close(), redis.close()]);
  }
}
