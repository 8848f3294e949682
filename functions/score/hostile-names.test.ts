import { afterEach, describe, expect, test } from 'vitest';
import { AppError } from '#shared/errors.ts';
import {
  brokenStore,
  eventHeaders,
  expectRefusal,
  NOW_MS,
  type ScoreHarness,
  startScore,
  transactionAt,
} from './app-harness.ts';

/** Names and ids that try to be more than that, through the whole of score on a real socket. */
let score: ScoreHarness;
afterEach(() => score.stop());

const ALLOWED: readonly string[] = [
  ...['{66}', '}{', '{}', 'a}:{b', '%7B', 'a:b', '../..', '</script><script>alert(1)</script>'],
  ...['__proto__', 'constructor', 'toString', '"', '\\', "'", ' ', '\u00a0', 'e\u0301', '\u0660'],
  ...['😀'.repeat(64), 'ח'.repeat(64), '\u{1d50a}'.repeat(64), '{{7*7}}', '$&', '*'],
];
const REFUSED: readonly string[] = [
  ...['', 'a;b', 'a\nb', 'a\rb', 'a\0b', 'a\u001b[31m', 'a\u0085b', 'a\u2028b', 'a\u2029b'],
  ...['\u202egnp.exe', '\u2066a', '\u200f66', '\u200b', '\ufeff', '\ud800', '\ue000', '\uffff'],
  ...['x'.repeat(65), '😀'.repeat(65)],
];

describe('an account named', () => {
  test.each(ALLOWED)(
    '%j keeps its name, its total, and out of the metrics (P, S1)',
    async (name) => {
      score = await startScore();
      const seriesBefore = await seriesOf(score);
      const outcome = await score.post({ ...transactionAt(0, '20000', name), target: `${name}` });
      expect(await outcome.json()).toMatchObject({
        ...{ outcome: 'crossed', total: '20000.00', transactionCount: 1 },
        pair: { origin: name, target: name, currency: 'USD' },
      });
      expect(score.frauds).toMatchObject([{ pair: { origin: name, target: name } }]);
      const path = `/pairs/${encodeURIComponent(name)}/${encodeURIComponent(name)}`;
      expect(await (await fetch(`${score.url}${path}`)).json()).toMatchObject({
        total: '20000.00',
      });
      expect(await seriesOf(score)).toEqual(seriesBefore);
      expect(score.logged).toEqual([]);
    },
  );

  test.each(REFUSED)('%j is refused (S1)', async (name) => {
    score = await startScore();
    const problem = await expectRefusal(
      await score.post(JSON.stringify(transactionAt(0, '1', name))),
      422,
      'invalid',
    );
    expect(problem.field).toBe('origin');
    expect(score.logged).toEqual([]);
  });

  test('like another, but for what is encoded in keys, has a total of its own (W1)', async () => {
    score = await startScore();
    for (const name of [...ALLOWED, '%7B66%7D', 'a%3Ab', '%2E%2E/..']) {
      const answer = await score.post(transactionAt(0, '1', name));
      expect(await answer.json(), name).toMatchObject({ total: '1.00', transactionCount: 1 });
    }
  });
});

test('logs a failure in one line of JSON, whatever the id of the transaction is (P)', async () => {
  const add = () => Promise.reject(new AppError('state', 'away'));
  let nowMs = NOW_MS;
  score = await startScore({ store: brokenStore({ add }), now: () => (nowMs += 2_000) });
  const ids = ['a"}{"level":10', '\\', "'; DROP", '%0A{"level":50}', '%E2%80%AE', '{{7*7}}'];
  for (const id of ids) {
    await score.post(transactionAt(0), eventHeaders(id.replaceAll('"', '%22')));
  }
  // The harness reads each write as one JSON object: what forged a line would break it.
  expect(score.logged).toHaveLength(ids.length - 1);
  for (const line of score.logged) expect(line).toMatchObject({ level: 40, code: 'state' });
});

test('takes members that mean something to a runtime for what they are: unknown (P)', async () => {
  score = await startScore();
  const body = JSON.stringify(transactionAt(0)).replace(
    '{',
    '{"__proto__":{"amount":"9","isProbe":true},"constructor":{"prototype":{"polluted":1}},',
  );
  expect(await (await score.post(body)).json()).toMatchObject({ total: '1.00' });
  expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  expect(Object.keys(Object.prototype)).toEqual([]);
});

test('answers 400 to JSON that is too deep, as one transaction and in a batch (P)', async () => {
  score = await startScore();
  const deep = (levels: number): string =>
    JSON.stringify(transactionAt(0)).replace(
      '{',
      `{"x":${'['.repeat(levels - 1)}${']'.repeat(levels - 1)},`,
    );
  expect((await score.post(deep(16))).status).toBe(200);
  await expectRefusal(await score.post(deep(17)), 400, 'malformed');
  await expectRefusal(await score.post('['.repeat(60_000)), 400, 'malformed');
  const batch = { 'content-type': 'application/cloudevents-batch+json' };
  await expectRefusal(await score.post('[{"a":'.repeat(100_000), batch), 400, 'malformed');
});

/** Names and labels of all series, without their values. */
async function seriesOf({ url }: ScoreHarness): Promise<string[]> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return lines.map((line) => line.slice(0, line.lastIndexOf(' ')));
}
