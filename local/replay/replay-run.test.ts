import { PassThrough, Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { expect, it } from 'vitest';
import type { Rule } from '#shared/domain/rule.ts';
import type { Label } from '../../functions/generate/core/label.ts';
import { labelLine } from '../../functions/generate/label-json.ts';
import { textOutput } from '../generate-output.ts';
import { runGenerate } from '../generate-run.ts';
import { parseLabels } from './planted-labels.ts';
import { readFile } from './read-file.ts';
import { replayText, replayToJson } from './replay-report.ts';
import { type ReplayRunOptions, runReplay } from './replay-run.ts';

const rule: Rule = {
  ...{ id: 'pair-total', version: 1, groupBy: 'pair', updates: 'doubling' },
  ...{ windowMs: 600_000, allowedLatenessMs: 600_000, thresholdMinor: 1_000_000 },
};

function replay(text: Buffer, more: Partial<ReplayRunOptions> = {}) {
  let nowMs = 0;
  return runReplay({
    ...{ source: 'a file', rule, ruleWords: 'window 10m', isSorted: false, disorderMs: 86_400_000 },
    now: () => (nowMs += 1000),
    read: (target, onRefused, onSome) =>
      readFile(Readable.from([text]), target, {
        ...{
          fileName: 'f',
          columns: new Map(),
          isUtc: false,
          nowMs: 0,
          maxFutureMs: 0,
          beginMs: 0,
        },
        ...{ onRefused, onPiece: onSome },
      }),
    ...more,
  });
}

async function generated(): Promise<{ text: Buffer; labels: readonly Label[] }> {
  const stream = new PassThrough();
  const reading = buffer(stream);
  const labels: Label[] = [];
  await runGenerate({
    generate: { traffic: { count: 20_000, seed: 5, plantedShare: 0.2 }, speed: undefined },
    write: textOutput(stream).write,
    writeLabels: async (some) => {
      labels.push(...some);
    },
    isJson: true,
    clock: { nowMs: () => 0, sleep: async () => {} },
  });
  stream.end();
  return { text: await reading, labels };
}

it.each([false, true])(
  'finds every planted case, and nothing that must not alert; sorted: %s (D2-D4, O1)',
  async (isSorted) => {
    const { text, labels } = await generated();
    const planted = parseLabels(labels.map(labelLine).join(''));
    expect(planted).toEqual(labels);
    const report = await replay(text, { planted, isSorted });
    expect(report.planted?.planted).toBeGreaterThan(50);
    expect(report.planted).toMatchObject({ missed: 0, false: 0 });
    expect(report.counts.counted + report.counts.duplicate).toBe(20_000);
    expect(report.refused.count).toBe(0);
  },
  60_000,
);

const HEADER = 'timestamp,origin,target,amount,label\n';
const LABELLED = Buffer.from(
  `${HEADER}2026-01-05T09:00:00Z,a,b,6000,1\n2026-01-05T09:01:00Z,a,b,6000,0\n` +
    '2026-01-05T09:02:00Z,a,b,10,1\n2026-01-05T09:02:00Z,c,d,1,1\n2026-01-05T09:02:00Z,e,f,20000,0\n',
);

it('holds what is found against labels in the data, by alert and by transaction', async () => {
  const { labels } = replayToJson(await replay(LABELLED));
  expect(labels).toEqual({
    ...{ labelled: 3, labelledFound: 2, found: 4, alerts: 2, alertsWithLabelled: 1 },
    ...{ alertPrecision: 0.5, precision: 0.5, recall: 2 / 3 },
  });
});

it('writes fraud events as they are on the wire, one a line (W2)', async () => {
  let written = '';
  await replay(LABELLED, {
    writeAlerts: async (text) => {
      written += text;
    },
  });
  const [first, second] = written
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(first).toMatchObject({
    ...{ sequence: 1, pair: { origin: 'a', target: 'b', currency: 'USD' }, total: '12000.00' },
    transactions: [
      { id: '/splitwatch/post#f:000000000002', amount: '6000.00' },
      { id: '/splitwatch/post#f:000000000003', amount: '6000.00' },
    ],
  });
  expect(second).toMatchObject({ pair: { origin: 'e' }, transactionCount: 1 });
});

it('sums up for people and as JSON, what was refused and late with its cure', async () => {
  const text = Buffer.from(
    `${HEADER}2026-01-05T10:00:00Z,a,b,1,0\n2026-01-05T09:00:00Z,a,b,1,0\n2026-01-05T10:00:00Z,a,,1,0\n`,
  );
  const report = await replay(text);
  const lines = replayText(report).split('\n');
  expect(lines[0]).toBe('a file: CSV, Splitwatch; window 10m');
  expect(lines[1]).toBe('2 transactions in 1.0 s, 3 a second');
  expect(lines).toContainEqual(
    expect.stringMatching(/late +1 .* --sort puts them in their places/),
  );
  expect(lines).toContain(
    '    line 4: target: expected a string of 1 to 64 printable characters without ;',
  );
  expect(replayToJson(report)).toMatchObject({
    ...{ transactions: 2, counted: 1, late: 1, refused: 1, totals: { USD: '1.00' } },
    refusedRows: [{ place: 'line 4', reason: 'invalid', field: 'target' }],
  });
  expect(replayToJson(await replay(text, { isSorted: true }))).toMatchObject({
    counted: 2,
    late: 0,
  });
});
