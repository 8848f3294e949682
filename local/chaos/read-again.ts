import { setTimeout as sleep } from 'node:timers/promises';
import { createKafkaGroups } from '#shared/kafka/kafka-groups.ts';
import { createLog } from '#shared/log.ts';
import { rebuildFromTopics } from '../rebuild.ts';
import { REACH_MS } from './chaos-rule.ts';
import { redisCommand } from './redis-command.ts';
import type { Stage } from './stage.ts';
import { TOPICS } from './stage-plan.ts';

const NEARLY_ALL = 200;
const POLL_MS = 200;
const TIMEOUT_MS = 120_000;

/**
 * What people do who have lost Redis: totals from as far back as they reach, alerts from all that
 * the topic still has, in order, and when that has been caught up with, on as before.
 */
export async function readAgain(stage: Stage, nowMs: number): Promise<void> {
  const log = createLog('chaos', 'silent');
  const { brokers, redisUrl } = stage;
  const groups = { score: `score-${nowMs}`, notify: `notify-${nowMs}` };
  await stage.moveSource({ groups, ordering: 'ordered' }, () =>
    rebuildFromTopics({
      ...{ brokers, log },
      topics: [
        { topic: TOPICS.transactions, group: groups.score, fromMs: nowMs - REACH_MS },
        { topic: TOPICS.fraud, group: groups.notify, fromMs: 0 },
      ],
      emptyStore: async () => {
        await redisCommand(redisUrl, 'FLUSHALL');
      },
    }),
  );
  if (stage.ordering === 'ordered') return;
  const lags = createKafkaGroups({ brokers, log });
  const endMs = performance.now() + TIMEOUT_MS;
  while ((await lags.lag(groups.score, TOPICS.transactions)) > NEARLY_ALL) {
    if (performance.now() > endMs) throw new Error('the topic cannot be caught up with');
    await sleep(POLL_MS);
  }
  await lags.close();
  await stage.moveSource({});
}
