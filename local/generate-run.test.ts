import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { DECODE_LIMITS, decodeTransactions } from '#shared/events/decode-transactions.ts';
import type { Clock } from '../functions/generate/clock.ts';
import { type Delivery, traffic } from '../functions/generate/core/traffic.ts';
import { createEmbeddedLog } from './embedded-log.ts';
import { kafkaOutput, openLabels, textOutput } from './generate-output.ts';
import { runGenerate } from './generate-run.ts';
import { mediaTypeOf } from './transaction-text.ts';

const clock = (): Clock => {
  let nowMs = 0;
  return { nowMs: () => nowMs++, sleep: async () => {} };
};
const generate = { traffic: { count: 1000, plantedShare: 0.5, seed: 2 }, speed: undefined };

describe('a run of generate', () => {
  test('sums up as a line for people and as JSON', async () => {
    const write = async (): Promise<void> => {};
    const line = await runGenerate({ generate, write, isJson: false, clock: clock() });
    expect(line).toMatch(
      /^1000 transactions written in \d\.\d s, \d+ a second; \d+ of them again, \d+ planted cases$/,
    );
    const json = JSON.parse(await runGenerate({ generate, write, isJson: true, clock: clock() }));
    expect(json).toMatchObject({ written: 1000, lastTimestamp: expect.stringMatching(/Z$/) });
    expect(json.labels).toBeGreaterThan(0);
  });

  test('draws one line of progress over and over, and wipes it', async () => {
    const progress = new PassThrough();
    const slow = { ...clock(), sleep: async () => {} };
    let nowMs = 0;
    await runGenerate({
      generate: { ...generate, batchMax: 100 },
      write: async () => {},
      progress,
      isJson: false,
      clock: { ...slow, nowMs: () => (nowMs += 100) },
    });
    progress.end();
    const drawn = await text(progress);
    expect(drawn).toContain('\r\x1b[K100 written, ');
    expect(drawn.endsWith('\r\x1b[K')).toBe(true);
    expect(drawn).not.toContain('\n');
  });
});

describe('an output of generate', () => {
  test('prints events whole, so that they stay the same transactions, and lines as they are (S3, S4)', async () => {
    const stream = new PassThrough();
    const { write, close } = textOutput(stream);
    const run = { write, isJson: false, clock: clock() };
    await runGenerate({ ...run, generate: { traffic: { count: 2 }, speed: undefined } });
    const lines = { traffic: { count: 1 }, speed: undefined, format: 'line' as const };
    await runGenerate({ ...run, generate: lines });
    await close();
    stream.end();
    const printed = (await text(stream)).trimEnd().split('\n');
    const headers = { 'content-type': mediaTypeOf(printed[0] as string) };
    const options = { limits: DECODE_LIMITS, nowMs: Date.now(), makeId: () => 'made' };
    const decoded = decodeTransactions(headers, Buffer.from(printed[0] as string), options);
    expect(decoded).toMatchObject({ kind: 'one', isPlain: false });
    const [item] = traffic({ count: 2 });
    const { transaction } = (item as { delivery: Delivery }).delivery;
    expect(decoded).toMatchObject({ transaction });
    expect(printed[2]).toMatch(/^Monday, 05-Jan-26 09:00:00 UTC;\d+;\d+;\d/);
  });

  test('makes the topic where it does not exist, and writes to it', async () => {
    const topics = createEmbeddedLog();
    const { write } = await kafkaOutput(topics, 'transactions', 3);
    const line = await runGenerate({ generate, write, isJson: false, clock: clock() });
    expect(line).toContain('1000 transactions');
  });

  test('writes labels to a file, one JSON object a line', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'splitwatch-labels-'));
    const path = join(folder, 'labels.jsonl');
    const labels = await openLabels(path);
    const write = async (): Promise<void> => {};
    const run = { generate, write, writeLabels: labels.write, isJson: true, clock: clock() };
    const summary = JSON.parse(await runGenerate(run));
    await labels.close();
    const lines = (await readFile(path, 'utf8')).trimEnd().split('\n');
    await rm(folder, { recursive: true });
    expect(lines).toHaveLength(summary.labels);
    expect(JSON.parse(lines[0] as string)).toMatchObject({
      kind: expect.any(String),
      expected: expect.stringMatching(/^(alert|none)$/),
      total: expect.stringMatching(/^\d+\.\d\d$/),
    });
  });
});
