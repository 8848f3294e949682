/** RFC 3339, or the number itself where it is no time that has such a form. */
export function timeText(timeMs: number): string {
  const isTime = Math.abs(timeMs) <= 8_640_000_000_000_000;
  return isTime ? new Date(timeMs).toISOString() : String(timeMs);
}
