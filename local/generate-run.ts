import type { Writable } from 'node:stream';
import { type Clock, systemClock } from '../functions/generate/clock.ts';
import {
  type GenerateOptions,
  type GeneratePorts,
  type GenerateSummary,
  generate,
} from '../functions/generate/generate.ts';

export interface GenerateRunOptions {
  readonly generate: GenerateOptions;
  readonly write: GeneratePorts['write'];
  readonly writeLabels?: GeneratePorts['writeLabels'];
  /** A terminal on which one line is drawn over and over. */
  readonly progress?: Writable;
  readonly isJson: boolean;
  readonly clock?: Clock;
}

const DRAW_EVERY_MS = 200;

/** Makes traffic with a line of progress, and resolves with the summary as text or JSON. */
export async function runGenerate(options: GenerateRunOptions): Promise<string> {
  const { write, writeLabels, progress, clock = systemClock } = options;
  const startMs = clock.nowMs();
  let written = 0;
  let drawnMs = Number.NEGATIVE_INFINITY;
  const draw = (): void => {
    const nowMs = clock.nowMs();
    if (nowMs - drawnMs < DRAW_EVERY_MS) return;
    drawnMs = nowMs;
    progress?.write(`\r\x1b[K${progressLine(written, nowMs - startMs)}`);
  };
  try {
    const summary = await generate(options.generate, {
      clock,
      write: async (records) => {
        await write(records);
        written += records.length;
        draw();
      },
      ...(writeLabels === undefined ? {} : { writeLabels }),
    });
    return options.isJson ? JSON.stringify(summaryJson(summary)) : summaryText(summary);
  } finally {
    progress?.write('\r\x1b[K');
  }
}

function progressLine(written: number, elapsedMs: number): string {
  const seconds = elapsedMs / 1000;
  const rate = seconds > 0 ? Math.round(written / seconds) : 0;
  return `${written} written, ${rate} a second, ${seconds.toFixed(0)} s   (Ctrl-C stops)`;
}

function summaryJson(summary: GenerateSummary): Record<string, unknown> {
  const { written, repeated, labels, lastTimeMs, elapsedMs } = summary;
  return {
    ...{ written, repeated, labels },
    lastTimestamp: lastTimeMs === undefined ? null : new Date(lastTimeMs).toISOString(),
    elapsedMs: Math.round(elapsedMs),
    perSecond: rateOf(summary),
  };
}

function summaryText(summary: GenerateSummary): string {
  const { written, repeated, labels, elapsedMs } = summary;
  const time = `in ${(elapsedMs / 1000).toFixed(1)} s, ${rateOf(summary)} a second`;
  const kinds = `${repeated} of them again, ${labels} planted cases`;
  return `${written} transactions written ${time}; ${kinds}`;
}

function rateOf({ written, elapsedMs }: GenerateSummary): number {
  return elapsedMs > 0 ? Math.round((written / elapsedMs) * 1000) : 0;
}
