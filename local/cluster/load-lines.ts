import type { LoadMoment, LoadSample } from './load-samples.ts';

/** What is known of the second before a moment; hey tells of its answers only at its end. */
export interface SecondSeen {
  readonly moment: LoadMoment;
  readonly samples: readonly LoadSample[] | undefined;
}

interface Answers {
  readonly answers: number;
  readonly failures: number;
  /** Of the slowest answer, milliseconds. */
  readonly slowest: number;
}

/** One line for people: `  12 s   2 of 3 pods   410 answers   0 failed   slowest 31 ms`. */
export function secondLine({ moment, samples }: SecondSeen): string {
  const { atMs, readyPods, pods, lag } = moment;
  const seen = samples && answersOf(moment, samples);
  return [
    `${Math.round(atMs / 1000)} s`.padStart(6),
    `${readyPods} of ${pods} pods`.padStart(14),
    ...(seen === undefined
      ? []
      : [
          `${seen.answers} answers`.padStart(14),
          `${seen.failures} failed`.padStart(10),
          `slowest ${seen.slowest.toFixed(0)} ms`.padStart(18),
        ]),
    ...(lag === undefined ? [] : [`lag ${lag}`.padStart(10)]),
  ].join('');
}

/** The same for scripts. */
export function secondJson({ moment, samples }: SecondSeen): Record<string, unknown> {
  const { atMs, readyPods, pods, lag } = moment;
  const second = Math.round(atMs / 1000);
  return { second, readyPods, pods, lag, ...(samples && answersOf(moment, samples)) };
}

function answersOf({ atMs }: LoadMoment, samples: readonly LoadSample[]): Answers {
  const recent = samples.filter((sample) => sample.atMs >= atMs - 1000);
  return {
    answers: recent.length,
    failures: recent.filter(({ status }) => status < 200 || status > 299).length,
    slowest: Math.max(0, ...recent.map(({ latencyMs }) => latencyMs)),
  };
}
