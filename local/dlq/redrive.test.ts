import { describe, expect, it } from 'vitest';
import { AppError } from '#shared/errors.ts';
import type { TopicRecord, TopicWriter } from '#shared/kafka/topic.ts';
import { RULE } from '../../functions/score/app-harness.ts';
import { letterOf } from './letter.ts';
import type { LetterCase } from './read-letters.ts';
import { type RedriveOptions, type RedriveResult, redrive } from './redrive.ts';
import { createRedriveReport } from './redrive-report.ts';

function letters(count: number, reason = 'sink', status = '503'): LetterCase[] {
  return Array.from({ length: count }, (_, i) => {
    const headers = {
      ...{ ce_specversion: '1.0', ce_id: `id-${i}`, ce_source: '/s', ce_type: 't' },
      ...{ ce_reason: reason, ce_knativeerrorcode: status },
    };
    const place = { topic: 't-dlq', partition: 0, offset: BigInt(i), timestampMs: 5 };
    return { letter: letterOf({ ...place, key: 'k', value: null, headers }), decision: undefined };
  });
}

/** Kafka as a list, which refuses the write of this number, and what was told of. */
function written(refusesAt = Number.POSITIVE_INFINITY) {
  const writes: Array<{ topic: string; records: readonly TopicRecord[] }> = [];
  const results: RedriveResult[] = [];
  const topics: TopicWriter & { ensureTopics(): Promise<void> } = {
    ensureTopics: async () => {},
    write: async (topic, records) => {
      if (writes.length + 1 >= refusesAt) throw new AppError('topic', 'no answer');
      writes.push({ topic, records });
    },
    problem: async () => undefined,
    close: async () => {},
  };
  const unread = (): Promise<never> => Promise.reject(new Error('nothing is to be read'));
  const history = { spans: unread, read: unread, close: async () => {} };
  const options: RedriveOptions = {
    ...{ topics, history, topic: 't-dlq', to: 't', fraud: 'fraud', rule: RULE, lookBackMs: 0 },
    ...{ isForced: false, isAgain: false, isDryRun: false, by: 'anna', now: () => 9 },
    progress: () => ({}),
    onResult: (result) => results.push(result),
  };
  const lengths = (): unknown => writes.map(({ topic, records }) => `${records.length} ${topic}`);
  return { options, results, writes, lengths };
}

describe('redriving (L4)', () => {
  it('keeps each decision only when its record has been acknowledged', async () => {
    const { options, results, lengths } = written();
    const all = letters(150);
    await redrive(all, all, options);
    expect(lengths()).toEqual(['100 t', '100 t-dlq-decisions', '50 t', '50 t-dlq-decisions']);
    expect(results.map(({ letter }) => letter.name)).toEqual(all.map(({ letter }) => letter.name));
  });

  it.each([
    ['the record is not', 3, ['100 t', '100 t-dlq-decisions']],
    ['its decision is not', 4, ['100 t', '100 t-dlq-decisions', '50 t']],
  ])('leaves a letter open where %s written', async (_what, refusesAt, done) => {
    const { options, results, lengths } = written(refusesAt);
    const all = letters(150);
    await expect(redrive(all, all, options)).rejects.toMatchObject({ code: 'topic' });
    expect(lengths()).toEqual(done);
    expect(results).toHaveLength(100);
  });

  it('writes nothing when it is only asked what would happen', async () => {
    const { options, results, writes } = written();
    const all = letters(2);
    await redrive(all, all, { ...options, isDryRun: true });
    expect(writes).toEqual([]);
    expect(results.map(({ action }) => action)).toEqual(['redriven', 'redriven']);
  });

  it('says of a late letter that holds no transaction that it cannot be assessed', async () => {
    const { options, results, writes } = written();
    const late = letters(1, 'late', '422');
    await redrive(late, late, options);
    expect(results).toMatchObject([
      { action: 'refused', why: expect.stringContaining('it cannot be assessed') },
    ]);
    expect(writes).toEqual([]);
  });
});

describe('what a redrive tells', () => {
  const [one] = letters(1) as [LetterCase];
  const refused: RedriveResult = { letter: one.letter, action: 'refused', why: 'a\u001bb' };

  it('fails where a letter that was named was refused, not where all were meant', () => {
    for (const [isNamed, code] of [[true, 1] as const, [false, 0] as const]) {
      const report = createRedriveReport({ to: 't', isDryRun: false, isNamed });
      report.take(refused);
      expect(report.exitCode()).toBe(code);
      expect(report.summary()).toBe('0 redriven, 0 assessed, 1 not sent');
    }
  });

  it('says nothing that steers a terminal (P)', () => {
    const report = createRedriveReport({ to: '\u0007', isDryRun: true, isNamed: true });
    expect(report.line(refused)).toBe('0/0  not sent: a\\u{1b}b');
    expect(report.line({ letter: one.letter, action: 'redriven' })).toBe(
      '0/0  would be redriven to \\u{7}',
    );
  });
});
