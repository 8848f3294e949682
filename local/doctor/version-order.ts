/**
 * Whether a version comes before another, as far as both say: 6.0.9 before 6.2, and 7 not before
 * 7.4. What is no version (`latest`, `devel`) comes before none.
 */
export function isOlder(version: string, than: string): boolean {
  const ours = partsOf(version);
  const theirs = partsOf(than);
  for (let i = 0; i < Math.min(ours.length, theirs.length); i++) {
    const difference = (ours[i] as number) - (theirs[i] as number);
    if (difference !== 0) return difference < 0;
  }
  return false;
}

function partsOf(version: string): readonly number[] {
  return (/^v?(\d+(?:\.\d+)*)/.exec(version)?.[1] ?? '').split('.').filter(Boolean).map(Number);
}
