import type { Rule } from '#shared/domain/rule.ts';
import { createLog } from '#shared/log.ts';
import { systemClock } from '../functions/generate/clock.ts';
import { type GenerateSummary, generate } from '../functions/generate/generate.ts';
import type { Channel, Write } from '../functions/notify/channels/channel.ts';
import { createJsonChannel } from '../functions/notify/channels/json-channel.ts';
import { createLogChannel } from '../functions/notify/channels/log-channel.ts';
import { type DemoSummary, demoSummaryJson, demoSummaryLines } from './demo-report.ts';
import { createJudge, type Judge } from './judge.ts';
import { PIPELINE_PHASES, type Pipeline, startPipeline } from './pipeline.ts';
import { createPlanDrawer, type Screen } from './plan-drawer.ts';
import { createPlan } from './plan-tree.ts';
import { portNote, usualPort } from './usual-port.ts';

export interface DemoOptions {
  /** Ends after so long, milliseconds of the clock. */
  readonly for?: number;
  /** Transactions a second of the clock. */
  readonly rate: number;
  readonly accounts: number;
  readonly seed: number;
  /** Seconds of event time in one of the clock. */
  readonly speed: number;
  /** Port of the page; unset: 8080, or a free one where that is taken. */
  readonly port?: number;
  /** Port of score; unset: 8081, or a free one where that is taken. */
  readonly scorePort?: number;
  readonly json: boolean;
  readonly quiet: boolean;
}

export interface DemoEnds {
  readonly out: Screen;
  readonly err: Screen;
  /** Aborts when the demo is to stop. */
  readonly stopSignal: AbortSignal;
}

const DEMO_RULE: Rule = {
  id: 'pair-total',
  version: 1,
  groupBy: 'pair',
  windowMs: 600_000,
  allowedLatenessMs: 600_000,
  thresholdMinor: 1_000_000,
  updates: 'doubling',
};
const SETTLE_DEADLINE_MS = 10_000;

/**
 * `./splitwatch demo`: the whole line on embedded parts, judged at the end. Resolves with the exit
 * code.
 */
export async function runDemo(options: DemoOptions, ends: DemoEnds): Promise<number> {
  const { out, err, stopSignal } = ends;
  const people = options.json ? err : out;
  const judge = createJudge();
  // The viewer joins when the plan is drawn, so that its first lines stand below it.
  const channels: Channel[] = [judgeChannel(judge)];
  const plan = createPlan('splitwatch-demo', 'embedded parts, one process', PIPELINE_PHASES);
  const pipeline = await startPipeline({
    rule: DEMO_RULE,
    channels,
    pagePort: options.port ?? (await usualPort(8080)),
    scorePort: options.scorePort ?? (await usualPort(8081)),
    drawer: createPlanDrawer(plan, people),
    log: createLog('demo', 'warn'),
  });
  const { pageUrl, scoreUrl } = pipeline;
  const pageNote = options.port === undefined ? portNote(pageUrl, 8080) : '';
  const scoreNote = options.scorePort === undefined ? portNote(scoreUrl, 8081) : '';
  people.write(`\nPage:     ${pageUrl}${pageNote}\n`);
  people.write(
    `Score:    ${scoreUrl}/  (post it a transaction with curl, see README)${scoreNote}\n`,
  );
  people.write(
    `Traffic:  ${options.rate} transactions a second, seed ${options.seed}; Ctrl-C stops\n\n`,
  );
  channels.push(...viewerOf(options, (text) => void out.write(text)));

  const startMs = performance.now();
  await makeTraffic(options, pipeline, judge, stopSignal);
  const isSettled = await pipeline.settled(SETTLE_DEADLINE_MS);
  const stats = await pipeline.stats();
  const elapsedMs = performance.now() - startMs;
  await pipeline.stop();
  const summary: DemoSummary = { stats, judge: judge.report(), elapsedMs, isSettled };
  if (options.json) out.write(`${JSON.stringify(demoSummaryJson(summary))}\n`);
  else out.write(`\n${demoSummaryLines(summary).join('\n')}\n`);
  const isRight = summary.judge.missed + summary.judge.false + stats.lost === 0 && isSettled;
  return isRight ? 0 : 1;
}

async function makeTraffic(
  options: DemoOptions,
  pipeline: Pipeline,
  judge: Judge,
  signal: AbortSignal,
): Promise<GenerateSummary> {
  const { rate, speed, seed, accounts } = options;
  const count = options.for === undefined ? {} : { count: Math.round((rate * options.for) / 1000) };
  const traffic = { seed, accounts, ratePerSecond: rate / speed, ...count };
  return generate(
    { traffic, speed, signal },
    {
      clock: systemClock,
      write: (records) => pipeline.topics.write('transactions', records),
      onBatch: ({ labels, deliveries }) => {
        const nowMs = performance.now();
        for (const label of labels) judge.label(label);
        for (const { transaction } of deliveries) judge.sent(transaction.id, nowMs);
      },
    },
  );
}

function judgeChannel(judge: Judge): Channel {
  return {
    name: 'judge',
    tell: (fraud) => judge.seen(fraud, performance.now()),
    close: async () => {},
  };
}

function viewerOf(options: DemoOptions, write: Write): Channel[] {
  if (options.json) return [createJsonChannel({ write })];
  return options.quiet ? [] : [createLogChannel({ write, broker: 'embedded', topic: 'fraud' })];
}
