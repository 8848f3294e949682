import { describe, expect, it } from 'vitest';
import type { TopicHistory } from '#shared/kafka/kafka-history.ts';
import type { StoredRecord, TopicRecord, TopicSpec } from '#shared/kafka/topic.ts';
import type { AssessmentJson } from './assessment-text.ts';
import { chooseLetters } from './choose-letters.ts';
import { describeDecision } from './decision-text.ts';
import { type Decision, decisionAbout, isOpen, keepDecisions, readDecisions } from './decisions.ts';
import { letterOf } from './letter.ts';
import { letterCounts, letterTable } from './letter-table.ts';

const ASSESSMENT: AssessmentJson = {
  ...{ verdict: 'opens', pair: { origin: '66', target: '26', currency: 'USD' } },
  ...{ total: '11000.00', threshold: '10000.00', transactionCount: 3, alertIds: [] },
  ...{ firstTimestamp: '2026-11-22T09:30:00.000Z', lastTimestamp: '2026-11-22T09:34:00.000Z' },
};

const made = (given: Partial<Decision> = {}): Decision => ({
  ...{ letter: '0/7', letterTimeMs: 5, action: 'dropped', reason: 'why', atMs: 9, by: 'anna' },
  earlier: [],
  ...given,
});

const letterAt = (offset: bigint, headers = {}) =>
  letterOf({
    ...{ topic: 't-dlq', partition: 0, offset, timestampMs: 5, key: null, value: null, headers },
  });

/** A history of one topic, as its records stand. */
function historyOf(records: readonly Pick<TopicRecord, 'key' | 'value'>[]): TopicHistory {
  const stored = records.map(
    (record, i): StoredRecord => ({
      ...{ topic: 't-dlq-decisions', partition: 0, offset: BigInt(i), timestampMs: 1, headers: {} },
      ...record,
    }),
  );
  return {
    spans: async () => [{ partition: 0, begin: 0n, end: BigInt(stored.length) }],
    read: async (_topic, _spans, onRecords) => onRecords(stored),
    close: async () => {},
  };
}

const recordOf = (decision: unknown, key = '0/7') => ({
  ...{ key, value: Buffer.from(JSON.stringify(decision)) },
});

describe('a decision', () => {
  it('is the newest about its letter, and tells those before', async () => {
    const kept: TopicRecord[] = [];
    const topicsMade: TopicSpec[] = [];
    const topics = {
      ensureTopics: async (specs: readonly TopicSpec[]) => void topicsMade.push(...specs),
      write: async (_topic: string, records: readonly TopicRecord[]) => void kept.push(...records),
      problem: async () => undefined,
      close: async () => {},
    };
    let before: ReadonlyMap<string, Decision> = new Map();
    for (const reason of ['one', 'two', 'three']) {
      const { earlier: _, ...decision } = made({ reason });
      await keepDecisions(topics, 't-dlq', [decision], before);
      before = await readDecisions(historyOf(kept), 't-dlq');
    }
    expect(topicsMade[0]).toEqual({ name: 't-dlq-decisions', partitions: 1, isCompacted: true });
    expect(before.get('0/7')?.reason).toBe('three');
    expect(before.get('0/7')?.earlier.map(({ reason }) => reason)).toEqual(['one', 'two']);
  });

  it('hides no letter of a topic that was made anew', () => {
    const decisions = new Map([['0/7', made()]]);
    expect(decisionAbout(letterAt(7n), decisions)).toEqual(made());
    const anew = { ...letterAt(7n).record, timestampMs: 6 };
    expect(decisionAbout(letterOf(anew), decisions)).toBeUndefined();
  });

  it.each([
    ['is no JSON', { key: '0/7', value: Buffer.from('{') }],
    ['is a tombstone', { key: '0/7', value: null }],
    ['is about another letter than its key', recordOf(made(), '0/8')],
    ['has no time', recordOf({ ...made(), atMs: 'now' })],
    ['does what nobody can', recordOf({ ...made(), action: 'deleted' })],
    ['has an assessment that is none', recordOf({ ...made(), assessment: { verdict: 'opens' } })],
    ['has a past that is none', recordOf({ ...made(), earlier: [{}] })],
    ['is nothing', recordOf(null)],
  ])('hides nothing where it %s', async (_what, record) => {
    expect((await readDecisions(historyOf([record]), 't-dlq')).size).toBe(0);
  });

  it('leaves a letter open while an alert is unknown to all (O2, L4)', () => {
    const assessed = made({ action: 'assessed', assessment: ASSESSMENT });
    expect([undefined, assessed].map(isOpen)).toEqual([true, true]);
    const none = { ...ASSESSMENT, verdict: 'changes nothing' as const };
    expect(isOpen(made({ action: 'assessed', assessment: none }))).toBe(false);
    expect([made(), made({ action: 'redriven' })].map(isOpen)).toEqual([false, false]);
  });

  it('is told in words that steer nothing (P)', () => {
    const forged = { ...ASSESSMENT, total: '1\u001b[2J', alertIds: ['\u0007'] };
    const text = describeDecision(made({ reason: 'a\nb', by: '\u202e', assessment: forged }));
    expect(text).not.toMatch(/\p{C}/u);
    expect(text).toContain('would have opened an alert: 66 → 26, 3 transactions');
  });
});

describe('choosing letters', () => {
  const cases = [
    { letter: letterAt(7n), decision: made() },
    { letter: letterAt(8n), decision: undefined },
  ];
  const namesOf = (choice: Parameters<typeof chooseLetters>[1]): string[] =>
    chooseLetters(cases, choice).map(({ letter }) => letter.name);

  it('takes those that are named, decided or not, and else only open ones', () => {
    expect(namesOf({ names: ['0/7'], isAll: false })).toEqual(['0/7']);
    expect(namesOf({ names: [], isAll: true })).toEqual(['0/8']);
    expect(namesOf({ names: [], reason: 'unknown', isAll: false })).toEqual(['0/8']);
    expect(namesOf({ names: [], reason: 'late', isAll: false })).toEqual([]);
  });

  it('names those that are not there', () => {
    expect(() => namesOf({ names: ['0/7', '1/1', '1/2'], isAll: false })).toThrow(
      'there are no letters 1/1, 1/2',
    );
  });
});

describe('the table of letters', () => {
  const event = { ce_specversion: '1.0', ce_id: '\u001b]0;x', ce_source: '/s', ce_type: 't' };
  const cases = [
    { letter: letterAt(7n, { ...event, ce_reason: 'late' }), decision: made() },
    { letter: letterAt(8n, { ...event, ce_detail: 'x'.repeat(500) }), decision: undefined },
  ];

  it('has nothing in it that a terminal would obey, and short lines (P)', () => {
    const table = letterTable(cases, 65_000);
    expect(table.replaceAll('\n', '')).not.toMatch(/\p{C}/u);
    expect(Math.max(...table.split('\n').map((line) => line.length))).toBeLessThan(220);
    expect(table).toMatch(
      /\n0\/7 +1m +late .*\n {4}dropped 1970-01-01T00:00:00.009Z by anna: why\n/,
    );
  });

  it('ends in how many of which reason are open', () => {
    expect(letterCounts(cases)).toBe('1 open: 1 undelivered; 1 decided');
    expect(letterCounts([])).toBe('0 open; 0 decided');
  });
});
