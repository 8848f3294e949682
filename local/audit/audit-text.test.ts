import { describe, expect, it } from 'vitest';
import type { AuditReport } from './audit-report.ts';
import { auditText } from './audit-text.ts';
import { PartitionLedger } from './partition-ledger.ts';

const DIFFERENCE = {
  pair: { origin: 'a\u001b[2J', target: 'b', currency: 'USD' },
  log: { newestTimeMs: 0, totalMinor: 100n, transactionCount: 1 },
  redis: { newestTimeMs: 0, totalMinor: 101n, transactionCount: 2 },
  ...{ onlyInLog: [], onlyInRedis: ['x\u001b[2J'] },
};

/** Every other record of the partition is lost. */
function report(lost: number, more: Partial<AuditReport> = {}): AuditReport {
  const marks = Array.from({ length: lost }, (_, i) => ({
    ...{ from: 2 * i, to: 2 * i + 1, mark: 'accepted' as const },
  }));
  const ledger = new PartitionLedger(
    { partition: 0, low: 0, begin: 0, end: 2 * lost },
    {
      ...{ marks, letters: new Map(), committed: 2 * lost, rebuiltUntil: 0 },
      ...{ marksSinceMs: 0, lettersSinceMs: 0 },
    },
  );
  for (let offset = 0; offset < 2 * lost; offset++) ledger.take(offset, 1);
  return {
    ...{
      topic: 't',
      group: 'g',
      deadLetterTopic: 't-dlq',
      rule: 'r',
      partitions: [ledger.account()],
    },
    totals: { compared: 3, idle: 0, untold: 0, differences: [] },
    ...{ problems: [], notes: [] },
    ...more,
  };
}

describe('the report of an audit', () => {
  it('cuts long lists with their number, unless all is wanted', () => {
    const lines = (isAll: boolean) => auditText(report(50), isAll).match(/LOST$/gm)?.length;
    expect(lines(false)).toBe(20);
    expect(lines(true)).toBe(50);
    expect(auditText(report(50), false)).toContain('… and 30 more: --all shows them');
    expect(auditText(report(50), true)).not.toContain('--all');
  });

  it('lets nothing from outside steer a terminal, and says what only one side has', () => {
    const totals = { compared: 1, idle: 0, untold: 0, differences: [DIFFERENCE] };
    const text = auditText(report(0, { totals, problems: ['p\u001b'] }), false);
    expect(text).not.toContain('\u001b');
    expect(text).toContain('totals: 1 pair compared, 1 differs');
    expect(text).toContain('Redis has 1.01 of 2 transactions up to 1970-01-01T00:00:00.000Z');
    expect(text).toContain('only in Redis: x\\u{1b}[2J');
    expect(text).toMatch(/\nNOT CLEAN: 1 total differs, 1 other problem\n$/);
  });

  it('ends in clean where all is well, pending records included', () => {
    expect(auditText(report(0), false)).toMatch(/\nclean: 0 records processed/);
  });
});
