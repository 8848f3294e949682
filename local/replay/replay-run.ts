import type { Rule } from '#shared/domain/rule.ts';
import type { AppError } from '#shared/errors.ts';
import { fraudToJson } from '#shared/events/fraud-event.ts';
import type { Label } from '../../functions/generate/core/label.ts';
import { createJudge } from '../judge.ts';
import { printableJson } from '../printable.ts';
import { LabelCount } from './label-count.ts';
import { RefusedRows } from './refused-rows.ts';
import { idOf, Replay, type ReplayWatch, type Row } from './replay.ts';
import type { ReplayReport } from './replay-report.ts';
import type { RowTarget } from './rows-of-records.ts';
import { SortedRows } from './sorted-rows.ts';

/** Reads a history to its end; `onSome` is called after some rows, and waited for. */
export type ReadHistory = (
  target: RowTarget,
  onRefused: (place: string, error: AppError) => void,
  onSome: () => Promise<void>,
) => Promise<string>;

export interface ReplayRunOptions {
  readonly source: string;
  readonly read: ReadHistory;
  readonly rule: Rule;
  /** The rule in one line for people. */
  readonly ruleWords: string;
  readonly isSorted: boolean;
  readonly disorderMs: number;
  /** Takes fraud events as lines of JSON, the data of W2; waits for what it returns. */
  readonly writeAlerts?: ((text: string) => Promise<void>) | undefined;
  /** What was planted, to say what of it was found. */
  readonly planted?: readonly Label[] | undefined;
  /** Told now and then how many were read, and how many alerts there are. */
  readonly onProgress?: ((rows: number, alerts: number) => void) | undefined;
  /** The clock, for how long it took. */
  readonly now: () => number;
  readonly pairsBeforeForgetting?: number;
}

/** Runs the core over a history and says what would have been found. */
export async function runReplay(options: ReplayRunOptions): Promise<ReplayReport> {
  const { source, rule, ruleWords, isSorted, writeAlerts, planted, now } = options;
  const beganMs = now();
  const refused = new RefusedRows();
  const labels = new LabelCount();
  const judge = createJudge();
  for (const label of planted ?? []) judge.label(label);
  let alertText = '';
  let hasLabels = false;
  // In order nothing comes behind anything.
  const disorderMs = isSorted ? 0 : options.disorderMs;
  const replay = new Replay({
    ...{ rule, disorderMs },
    ...(options.pairsBeforeForgetting && { pairsBeforeForgetting: options.pairsBeforeForgetting }),
  });
  const watch: ReplayWatch = {
    onFraud: (fraud) => {
      labels.seen(fraud);
      if (planted !== undefined) judge.seen(fraud, 0);
      if (writeAlerts !== undefined) alertText += `${printableJson(fraudToJson(fraud))}\n`;
    },
    onOver: (id) => labels.over(id),
  };
  if (writeAlerts !== undefined || planted !== undefined) replay.watch = watch;
  const expectLabels = (): void => {
    hasLabels = true;
    replay.watch = watch;
  };
  let rows = 0;
  const target: RowTarget = {
    get accounts() {
      return replay.accounts;
    },
    get currencies() {
      return replay.currencies;
    },
    expectLabels,
    add: (row: Row) => {
      rows += 1;
      if (row.isLabelled) labels.labelled(idOf(row));
      if (planted !== undefined) judge.sent(idOf(row), 0);
      replay.add(row);
    },
  };
  const onSome = async (): Promise<void> => {
    options.onProgress?.(rows, replay.counts.alerts);
    if (alertText === '') return;
    const text = alertText;
    alertText = '';
    await writeAlerts?.(text);
  };
  const onRefused = (place: string, error: AppError): void => refused.add(place, error);
  let form: string;
  if (isSorted) {
    const sorted = new SortedRows(expectLabels);
    form = await options.read(sorted, onRefused, async () => options.onProgress?.(sorted.size, 0));
    await sorted.giveTo(target, onSome);
  } else form = await options.read(target, onRefused, onSome);
  await onSome();
  return {
    ...{ source, form, rule, ruleWords, isSorted, disorderMs, refused },
    ...{ counts: replay.counts, totals: replay.totals(), tookMs: now() - beganMs },
    labels: hasLabels ? labels.report() : undefined,
    planted: planted === undefined ? undefined : judge.report(),
  };
}
