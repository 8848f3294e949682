import type { Alert } from '../core/alert.ts';

/** JSON of an alert as the store keeps it; totals may be above 2^53, so they travel as text. */
export function encodeAlert(alert: Alert): string {
  return JSON.stringify(alert, (_key, value: unknown) =>
    typeof value === 'bigint' ? value.toString() : value,
  );
}

/** What {@link encodeAlert} made. Only for text that the store gave back. */
export function decodeAlert(text: string): Alert {
  return JSON.parse(text, (key, value: unknown) =>
    key === 'totalMinor' ? BigInt(value as string) : value,
  ) as Alert;
}
