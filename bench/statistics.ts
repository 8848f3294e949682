/** The middle value, or the mean of the two in the middle; 0 for none. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2;
}

/**
 * By turns: every side once a round, each round beginning with the next one, so that what changes
 * on the machine meanwhile meets all of them alike. Resolves with each side's results by its name.
 */
export async function byTurns<Name extends string, T>(
  sides: readonly Name[],
  rounds: number,
  measure: (side: Name, round: number) => Promise<T>,
): Promise<Record<Name, T[]>> {
  const results = Object.fromEntries(sides.map((side) => [side, []])) as unknown as Record<
    Name,
    T[]
  >;
  for (let round = 0; round < rounds; round += 1) {
    const first = round % sides.length;
    for (const side of [...sides.slice(first), ...sides.slice(0, first)]) {
      results[side].push(await measure(side, round));
    }
  }
  return results;
}

/** The median of a[i] ÷ b[i]: both of one round, so that a busy minute touches both. */
export function medianRatio(a: readonly number[], b: readonly number[]): number {
  return median(a.map((value, i) => value / (b[i] ?? Number.NaN)));
}

/**
 * The cheapest of a ÷ the cheapest of b. What else runs on the machine only ever adds to a cost, so
 * this holds still where a few rounds have to do on a busy one.
 */
export function cheapestRatio(a: readonly number[], b: readonly number[]): number {
  return Math.min(...a) / Math.min(...b);
}
