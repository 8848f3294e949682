/** One answer, or none, of a request of the load. */
export interface LoadSample {
  /** When it was asked, milliseconds from the start of the load. */
  readonly atMs: number;
  readonly latencyMs: number;
  /** HTTP status; 0 when there was no answer. */
  readonly status: number;
}

/** What stood in the cluster at one moment of the load. */
export interface LoadMoment {
  readonly atMs: number;
  /** Pods of score that take requests, and all of them. */
  readonly readyPods: number;
  readonly pods: number;
  /** Records that wait in Kafka; undefined where it cannot be asked. */
  readonly lag: number | undefined;
}

/** The answers of one second of the load. */
export interface LoadSecond {
  /** Seconds from the start. */
  readonly second: number;
  readonly requests: number;
  readonly failures: number;
  readonly latencyMsP50: number;
  readonly latencyMsP99: number;
  readonly readyPods: number;
  readonly lag: number | undefined;
}

export interface LoadSummary {
  readonly requests: number;
  /** Answers other than 2xx, and none. */
  readonly failures: number;
  readonly byStatus: Readonly<Record<string, number>>;
  readonly seconds: number;
  readonly requestsPerSecond: number;
  readonly latencyMsP50: number;
  readonly latencyMsP95: number;
  readonly latencyMsP99: number;
  readonly latencyMsMax: number;
  readonly podsMax: number;
  readonly podsAtStart: number;
}

/** The value below which that part of the sorted values lies (nearest rank); 0 for none. */
export function percentile(sorted: readonly number[], part: number): number {
  if (sorted.length === 0) return 0;
  const rank = Math.ceil(part * sorted.length);
  return sorted[Math.min(Math.max(rank, 1), sorted.length) - 1] as number;
}

export function isGoodAnswer(status: number): boolean {
  return status >= 200 && status < 300;
}

/** The load second by second; a second without requests is there too, with zeros. */
export function bySecond(
  samples: readonly LoadSample[],
  moments: readonly LoadMoment[],
): readonly LoadSecond[] {
  const buckets = new Map<number, LoadSample[]>();
  let last = 0;
  for (const sample of samples) {
    const second = Math.floor(sample.atMs / 1000);
    last = Math.max(last, second);
    const bucket = buckets.get(second);
    if (bucket === undefined) buckets.set(second, [sample]);
    else bucket.push(sample);
  }
  for (const { atMs } of moments) last = Math.max(last, Math.floor(atMs / 1000));
  return Array.from({ length: last + 1 }, (_, second) => {
    const own = buckets.get(second) ?? [];
    const latencies = own.map(({ latencyMs }) => latencyMs).sort((a, b) => a - b);
    const moment = moments.findLast(({ atMs }) => atMs < (second + 1) * 1000);
    return {
      second,
      requests: own.length,
      failures: own.filter(({ status }) => !isGoodAnswer(status)).length,
      latencyMsP50: percentile(latencies, 0.5),
      latencyMsP99: percentile(latencies, 0.99),
      readyPods: moment?.readyPods ?? 0,
      lag: moment?.lag,
    };
  });
}

export function summarize(
  samples: readonly LoadSample[],
  moments: readonly LoadMoment[],
): LoadSummary {
  const latencies = samples.map(({ latencyMs }) => latencyMs).sort((a, b) => a - b);
  const byStatus: Record<string, number> = {};
  let endMs = 0;
  for (const { status, atMs, latencyMs } of samples) {
    const name = status === 0 ? 'no answer' : String(status);
    byStatus[name] = (byStatus[name] ?? 0) + 1;
    endMs = Math.max(endMs, atMs + latencyMs);
  }
  const seconds = endMs / 1000;
  return {
    requests: samples.length,
    failures: samples.filter(({ status }) => !isGoodAnswer(status)).length,
    byStatus,
    seconds,
    requestsPerSecond: seconds === 0 ? 0 : samples.length / seconds,
    latencyMsP50: percentile(latencies, 0.5),
    latencyMsP95: percentile(latencies, 0.95),
    latencyMsP99: percentile(latencies, 0.99),
    latencyMsMax: latencies.at(-1) ?? 0,
    podsMax: Math.max(0, ...moments.map(({ readyPods }) => readyPods)),
    podsAtStart: moments[0]?.readyPods ?? 0,
  };
}
