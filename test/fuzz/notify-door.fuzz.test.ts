import { pino } from 'pino';
import { Registry } from 'prom-client';
import { expect, test } from 'vitest';
import type { Fraud } from '#shared/domain/fraud.ts';
import { collectHeaders } from '#shared/events/event-headers.ts';
import { createJsonChannel } from '../../functions/notify/channels/json-channel.ts';
import { createLogChannel } from '../../functions/notify/channels/log-channel.ts';
import { createEventDoor } from '../../functions/notify/event-door.ts';
import { createNotify } from '../../functions/notify/notify.ts';
import { createNotifyMetrics } from '../../functions/notify/notify-metrics.ts';
import { createMemoryAlertStore } from '../../functions/notify/store/memory-store.ts';
import { readFraudNaively } from '../oracle/naive-fraud.ts';
import { Refused } from '../oracle/naive-json.ts';
import { checkAnswer } from './check-answer.ts';
import { FRAUD_EXAMPLES, NOW_MS } from './examples.ts';
import type { FuzzRequest } from './fuzz-request.ts';
import { fuzz, runsOr } from './fuzz-runs.ts';

const RUNS = runsOr(20_000);

/** Notify from the door on, without sockets; what its channels print is kept. */
function fuzzedNotify() {
  const logged: string[] = [];
  let told: Fraud[] = [];
  let printed: string[] = [];
  const write = (text: string): void => void printed.push(text);
  const spy = { name: 'spy', tell: (fraud: Fraud) => void told.push(fraud), close: async () => {} };
  const logChannel = createLogChannel({ write, broker: 'b', topic: 't' });
  const channels = [spy, logChannel, createJsonChannel({ write })];
  const metrics = createNotifyMetrics(new Registry());
  const log = pino({ level: 'debug' }, { write: (line: string) => void logged.push(line) });
  const answer = async ({ headers, body }: FuzzRequest) => {
    told = [];
    printed = [];
    const notify = createNotify({
      ...{ store: createMemoryAlertStore(), probes: createMemoryAlertStore(), channels },
      onUnmarked: (_fraud, error) => void logged.push(String(error)),
    });
    const answered = await createEventDoor({ notify, metrics, log })(
      collectHeaders(headers.flat()),
      body,
      NOW_MS,
    );
    return { answer: answered, told, printed: printed.join('') };
  };
  return { answer, logged };
}

function naively({ headers, body }: FuzzRequest) {
  try {
    return readFraudNaively(headers, body);
  } catch (error) {
    if (error instanceof Refused) return error;
    throw error;
  }
}

test(`takes what W2 takes, refuses the rest, ${RUNS} mutated fraud events long (H, P, W2)`, async () => {
  const notify = fuzzedNotify();
  let accepted = 0;
  await fuzz(RUNS, FRAUD_EXAMPLES, async (request) => {
    const { answer, told, printed } = await notify.answer(request);
    checkAnswer(answer);
    const naive = naively(request);
    if (naive instanceof Refused) {
      if (answer.status < 300) throw new Error(`accepted; W2 wants ${naive.message}`);
      expect(told).toEqual([]);
      return;
    }
    if (answer.status !== 204) throw new Error(`refused: ${answer.headers['kne-detail']}`);
    accepted += 1;
    const { isProbe, ...fraud } = naive;
    expect(told).toEqual(isProbe ? [] : [fraud]);
    // Two of the block, one a transaction, one of the JSON: nothing that was sent adds a line.
    const lines = isProbe ? 0 : fraud.transactions.length + 3;
    expect(printed.split('\n')).toHaveLength(lines + 1);
    expect(printed).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f]/);
  });
  expect(notify.logged).toEqual([]);
  expect(Object.keys(Object.prototype)).toEqual([]);
  if (RUNS >= 10_000) expect(accepted).toBeGreaterThan(RUNS / 20);
}, 300_000);
