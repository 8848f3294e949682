import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { formatAmount } from '#shared/domain/amount.ts';
import type { Transaction } from '#shared/domain/transaction.ts';
import { RULE } from '../../functions/score/app-harness.ts';
import { totalAt } from '../../test/oracle/oracle.ts';
import { startLine } from './line-for-test.ts';

/** The cases build on each other: what the first one plants, the others see to. */
let line: Awaited<ReturnType<typeof startLine>>;

beforeAll(async () => {
  line = await startLine();
});
afterAll(() => line?.stop());

const PATIENCE = { timeout: 30_000, interval: 200 };

/** What `/pairs` must say of what was written for the origin. */
function oracleOf(origin: string): Record<string, unknown> {
  const set = line.written.filter((one) => one.origin === origin);
  const newest = set.toSorted((a, b) => b.eventTimeMs - a.eventTimeMs)[0] as Transaction;
  return { total: formatAmount(totalAt(set, newest, RULE)), transactionCount: set.length };
}

describe('dead letters of a real line (L4)', () => {
  it('are listed with their reasons: poison, late, and a sink or store away too long', async () => {
    const { write, ago, away, listed, dlq } = line;
    const plain = (text: string) => ({ key: 'p', value: Buffer.from(text), headers: {} });
    await write(plain('{"timestamp":'), plain('2026-11-22T09:59:00Z;66;26;1e9'));
    const counted = [ago(30, 600_000, '66'), ago(26, 300_000, '66'), ago(1, 100, '66')];
    await write(...counted, ago(28, 200_000, '66'));
    away.sink = true;
    await write(ago(2, 600_000, '77'), ago(1, 600_000, '77'));
    await write(plain('2026-11-22T09:59:00Z;99;26;12000'));
    away.sink = false;
    away.store = true;
    await write(ago(1, 500, '55'));
    away.store = false;
    const letters = await listed();
    expect(letters.map(({ reasonText }) => reasonText).sort()).toEqual([
      ...['invalid', 'late', 'malformed', 'undelivered (503 sink)', 'undelivered (503 sink)'],
      'undelivered (503 state)',
    ]);
    const of = (reason: string) => letters.filter((letter) => letter.reason === reason);
    expect(of('invalid')).toMatchObject([{ field: 'amount', isOpen: true }]);
    expect(of('late')).toMatchObject([{ id: '/bank#tx-3', field: 'timestamp' }]);
    for (const { from } of letters) expect(from).toMatch(/^[01]\/\d+$/);
    const { out } = await dlq('ls');
    expect(out).toMatch(/^LETTER +AGE +REASON +FIELD +FROM +ID +DETAIL\n/);
    expect(out).toMatch(/\n6 open: 3 undelivered(, 1 (malformed|invalid|late)){3}; 0 decided\n$/);
    expect((await listed('--reason', 'sink')).map(({ id }) => id)).toEqual([
      ...['/bank#tx-5', expect.stringContaining('/kafkasources/transactions#')],
    ]);
    expect(await listed('--since', '1ms')).toEqual([]);
    expect((await dlq('ls', '--limit', '2')).out).toContain('(4 older ones are left out: --limit)');
  });

  it('are shown whole, with the cure', async () => {
    const { letter } = await line.letter({ reason: 'invalid' });
    const { out, code } = await line.dlq('show', letter);
    expect(code).toBe(0);
    expect(out).toContain('2026-11-22T09:59:00Z;66;26;1e9');
    expect(out).toContain('ce_knativeerrorcode: 422');
    expect(out).toContain(`./splitwatch dlq drop ${letter}`);
    expect(await line.dlq('show', '0/99999')).toMatchObject({
      ...{ code: 1, err: expect.stringContaining('there is no letter 0/99999') },
    });
  });

  it('count once however often they are redriven, and tell what was not told (L1, O3)', async () => {
    const { letter } = await line.letter({ id: '/bank#tx-5' });
    const dry = await line.dlq('redrive', '--reason', 'undelivered', '--dry-run');
    expect(dry.out).toContain(`would be redriven to ${line.names.transactions}`);
    await line.settled();
    expect(await line.fraudsOf('77')).toEqual([]);
    for (const args of [
      ['--reason', 'undelivered'],
      [letter, '--again'],
    ]) {
      expect(await line.dlq('redrive', ...args)).toMatchObject({ code: 0, err: '' });
      await line.settled();
      expect(await line.totalOf('77')).toMatchObject(oracleOf('77'));
      expect(await line.totalOf('55')).toMatchObject(oracleOf('55'));
      expect(await line.totalOf('99')).toMatchObject({ total: '12000.00', transactionCount: 1 });
      const told = [...(await line.fraudsOf('77')), ...(await line.fraudsOf('99'))];
      expect(new Set(told.map(({ alertId, sequence }) => `${alertId}/${sequence}`)).size).toBe(2);
    }
    const refused = await line.dlq('redrive', letter);
    expect(refused).toMatchObject({ code: 1 });
    expect(refused.out).toContain('--again sends it once more');
    expect((await line.letter({ id: '/bank#tx-5' })).decision).toMatchObject({
      ...{ action: 'redriven', by: 'anna', earlier: [{ action: 'redriven' }] },
    });
    expect(await line.listed('--reason', 'undelivered')).toEqual([]);
  });

  it('are not sent where they would come back, unless by force', async () => {
    const { letter } = await line.letter({ reason: 'invalid' });
    const refused = await line.dlq('redrive', letter);
    expect(refused).toMatchObject({ code: 1, out: expect.stringContaining('would come back') });
    const before = (await line.listed('--all')).length;
    expect(await line.dlq('redrive', letter, '--force')).toMatchObject({ code: 0 });
    await line.settled();
    expect(await line.listed('--all')).toHaveLength(before + 1);
  });
});

describe('dead letters of fraud events (L4)', () => {
  it('go to topic fraud again, under the same alert id and sequence', async () => {
    const [before, ...others] = await line.fraudsOf('99');
    await line.loseFraudEvent('99');
    const topic = ['--topic', line.names.fraudLetters];
    const [letter] = await line.listed(...topic);
    expect(letter).toMatchObject({
      ...{ id: `/splitwatch/score#${before?.alertId}/1`, reasonText: 'undelivered (no answer)' },
    });
    const { code, out } = await line.dlq('redrive', '--all', ...topic);
    expect({ code, out }).toMatchObject({ code: 0 });
    expect(out).toContain(`redriven to ${line.names.fraud}`);
    const after = await line.fraudsOf('99');
    expect(after).toHaveLength(others.length + 2);
    expect(new Set(after.map(({ alertId }) => alertId)).size).toBe(1);
    expect(await line.listed(...topic)).toEqual([]);
  });
});

describe('late letters of a real line (O2, L4)', () => {
  it('make a script fail where an alert was missed, until they are dropped', async () => {
    const { letter } = await line.letter({ reason: 'late' });
    const { code, out } = await line.dlq('redrive', '--reason', 'late', '--json');
    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject({
      ...{ letter, action: 'assessed' },
      assessment: {
        ...{ verdict: 'opens', total: '11000.00', transactionCount: 3, alertIds: [] },
        ...{ firstTimestamp: '2026-11-22T09:30:00.000Z' },
        ...{ lastTimestamp: '2026-11-22T09:34:00.000Z' },
      },
    });
    const [open] = await line.listed('--reason', 'late');
    expect(open?.decision).toMatchObject({ action: 'assessed', by: 'anna' });
    expect(await line.dlq('drop', letter, '--reason', ' ')).toMatchObject({ code: 64 });
    const dropped = await line.dlq('drop', letter, '--reason', 'case 12 \u001b[2J');
    expect(dropped).toMatchObject({ code: 0 });
    expect(await line.listed('--reason', 'late')).toEqual([]);
    const all = await line.dlq('ls', '--all');
    expect(all.out).toMatch(/dropped \S+ by anna: case 12 \\u\{1b\}\[2J/);
    expect((await line.letter({ reason: 'late' })).decision).toMatchObject({
      ...{ action: 'dropped', reason: 'case 12 \u001b[2J' },
      earlier: [{ action: 'assessed', assessment: { verdict: 'opens' } }],
    });
  });

  it('say which alert they would have raised, or that they change nothing', async () => {
    const { write, ago, listed, dlq } = line;
    await write(ago(60, 700_000, '88'), ago(58, 600_000, '88'), ago(1, 100, '88'));
    await write(ago(57, 200_000, '88'), ago(40, 900, '88'));
    await vi.waitFor(
      async () => expect(await listed('--reason', 'late')).toHaveLength(2),
      PATIENCE,
    );
    const [told] = await line.fraudsOf('88');
    const { code, out } = await dlq('redrive', '--reason', 'late');
    expect(code).toBe(0);
    const raised = `would have raised the total of alert ${told?.alertId} to 15000.00 USD: 88 → 26`;
    expect(out).toContain(raised);
    expect(out).toMatch(/changes nothing: 88 → 26, 1 transaction, total 9\.00 USD/);
    expect(out).toContain('2 assessed (late ones are not sent: they would be late again)');
    expect(await listed('--reason', 'late')).toEqual([]);
  });
});
