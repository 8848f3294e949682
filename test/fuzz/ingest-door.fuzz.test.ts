import { expect, test } from 'vitest';
import { toAppError } from '#shared/errors.ts';
import { refuseContentEncoding } from '#shared/events/content-encoding.ts';
import { collectHeaders } from '#shared/events/event-headers.ts';
import { type Answer, refusal } from '#shared/http/answer.ts';
import type { TopicRecord } from '#shared/kafka/topic.ts';
import { createIngestDoor } from '../../functions/generate/ingest-door.ts';
import { SCORE_LIMITS } from '../../functions/score/app.ts';
import { eventToPost, recordToEvent } from '../../local/eventing/record-to-event.ts';
import { Refused } from '../oracle/naive-json.ts';
import type { NaiveTransaction } from '../oracle/naive-reading.ts';
import { checkAnswer } from './check-answer.ts';
import { NOW_MS, TRANSACTION_EXAMPLES } from './examples.ts';
import { expectSame, naively } from './expect-transaction.ts';
import type { FuzzRequest } from './fuzz-request.ts';
import { fuzz, runsOr } from './fuzz-runs.ts';
import { createFuzzedScore } from './fuzzed-score.ts';

const RUNS = runsOr(10_000);

/** generate's door for transactions, and what it writes to the topic. */
async function ingest({ headers, body }: FuzzRequest) {
  const written: TopicRecord[] = [];
  const door = createIngestDoor({
    write: async (records) => void written.push(...records),
    limits: SCORE_LIMITS,
    makeId: () => 'made',
    ...{ ingested: () => {}, refused: () => {} },
  });
  const decide = async (): Promise<Answer> => {
    const collected = collectHeaders(headers.flat());
    refuseContentEncoding(collected); // as posts.ts does before it asks any door
    return door(collected, body, NOW_MS);
  };
  const answer = await decide().catch((error) => refusal(toAppError(error)));
  return { answer, written };
}

/** The post that KafkaSource makes of a record. */
function delivered(record: TopicRecord, offset: number): FuzzRequest {
  const stored = { ...record, topic: 'transactions', partition: 0, offset: BigInt(offset) };
  const source = { namespace: 'default', name: 'transactions' };
  const event = recordToEvent({ ...stored, timestampMs: NOW_MS }, source);
  const { headers, body } = eventToPost(event, 'default');
  return { headers: Object.entries(headers), body };
}

test(`what is accepted for the topic is scored as it was meant, ${RUNS} mutated requests long (H, S1, W1)`, async () => {
  const score = createFuzzedScore();
  let accepted = 0;
  await fuzz(RUNS, TRANSACTION_EXAMPLES, async (request) => {
    const { answer, written } = await ingest(request);
    checkAnswer(answer);
    const naive = naively(request);
    if (naive instanceof Refused) {
      if (answer.status < 300)
        throw new Error(`accepted; the naive reading wants ${naive.message}`);
      expect(written).toEqual([]);
      return;
    }
    if (answer.status >= 300) throw new Error(`refused: ${answer.headers['kne-detail']}`);
    const items = naive.kind === 'one' ? [naive.transaction] : naive.items;
    const wanted = items.filter((item): item is NaiveTransaction => !(item instanceof Refused));
    expect(written).toHaveLength(wanted.length);
    for (const [i, record] of written.entries()) {
      const { answer: scored, scored: transactions } = await score.answer(delivered(record, i));
      if (scored.status !== 204) throw new Error(`score refuses: ${scored.headers['kne-detail']}`);
      expectSame(transactions[0], wanted[i] as NaiveTransaction);
      accepted += 1;
    }
  });
  if (RUNS >= 10_000) expect(accepted).toBeGreaterThan(RUNS / 5);
}, 300_000);
