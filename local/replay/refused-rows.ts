import type { AppError } from '#shared/errors.ts';

/** Most refused rows that are named one by one. */
const NAMED_MAX = 100;

export interface RefusedRow {
  /** `line 17`, or partition and offset. */
  readonly place: string;
  readonly reason: string;
  readonly field: string;
  /** What is expected in its place: the cure. */
  readonly expected: string;
}

/** How many rows were refused, why, and which were the first. */
export class RefusedRows {
  count = 0;
  readonly named: RefusedRow[] = [];
  /** By field and what was expected of it; the first place of each. */
  readonly kinds = new Map<string, { first: RefusedRow; count: number }>();

  add(place: string, { code, field = 'line', expected = '' }: AppError): void {
    this.count += 1;
    const row = { place, reason: code, field, expected };
    if (this.named.length < NAMED_MAX) this.named.push(row);
    const kind = this.kinds.get(`${field} ${expected}`);
    if (kind !== undefined) kind.count += 1;
    else if (this.kinds.size < NAMED_MAX)
      this.kinds.set(`${field} ${expected}`, { first: row, count: 1 });
  }
}
