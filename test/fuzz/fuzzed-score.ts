import { pino } from 'pino';
import { Registry } from 'prom-client';
import type { Fraud } from '#shared/domain/fraud.ts';
import type { Transaction } from '#shared/domain/transaction.ts';

import { decodeFraud, encodeFraud } from '#shared/events/fraud-event.ts';
import type { Answer } from '#shared/http/answer.ts';
import { SCORE_LIMITS } from '../../functions/score/app.ts';
import { createEventDoor } from '../../functions/score/event-door.ts';
import { createFailureLog } from '../../functions/score/failure-log.ts';
import { createScore, type Score } from '../../functions/score/score.ts';
import { createScoreMetrics } from '../../functions/score/score-metrics.ts';
import { createMemoryJournal } from '../../functions/score/store/memory-journal.ts';
import { createMemoryTotalsStore } from '../../functions/score/store/memory-store.ts';
import { DEFAULT_RULE } from '../oracle/compare.ts';
import { NOW_MS } from './examples.ts';
import type { FuzzRequest } from './fuzz-request.ts';

export interface FuzzedScore {
  /** The door's answer, and what was scored for it. Each request meets an empty store. */
  answer(request: FuzzRequest): Promise<{ answer: Answer; scored: readonly Transaction[] }>;
  /** What was logged so far. */
  readonly logged: readonly string[];
}

/** Score from the door on, as the event path calls it, without sockets. */
export function createFuzzedScore(): FuzzedScore {
  const logged: string[] = [];
  const log = pino({ level: 'debug' }, { write: (line: string) => void logged.push(line) });
  let scored: Transaction[] = [];
  let score = emptyScore();
  const recordingScore: Score = (transaction, isOutOfTime) => {
    scored.push(transaction);
    return score(transaction, isOutOfTime);
  };
  const door = createEventDoor({
    score: recordingScore,
    journal: createMemoryJournal({ now: () => NOW_MS, receiptsLifeMs: 0 }),
    rule: DEFAULT_RULE,
    limits: SCORE_LIMITS,
    makeId: () => 'made',
    metrics: createScoreMetrics(new Registry()),
    logFailure: createFailureLog(log, () => NOW_MS),
    elapsedMs: () => 0,
  });
  return {
    logged,
    answer: async ({ headers, body }) => {
      scored = [];
      score = emptyScore();
      const answer = await door(headers.flat(), body, NOW_MS);
      return { answer, scored };
    },
  };
}

function emptyScore() {
  const store = createMemoryTotalsStore({ rule: DEFAULT_RULE });
  const journal = createMemoryJournal({ now: () => NOW_MS, receiptsLifeMs: 0 });
  return createScore({ store, journal, sink: { send: sendToNotify }, rule: DEFAULT_RULE });
}

/** Whatever was accepted, notify must be able to read the fraud events that it leads to. */
async function sendToNotify(fraud: Fraud): Promise<void> {
  const { headers, body } = encodeFraud(fraud);
  const read = decodeFraud(headers, body);
  if (read.alertId !== fraud.alertId || read.totalMinor !== fraud.totalMinor) {
    throw new Error('notify reads another fraud than was sent');
  }
}
