import { isAccount } from '#shared/domain/pair.ts';
import { invalid } from '#shared/events/refusals.ts';
import type { AlertQuery } from './alert-store.ts';

const LIMIT_DEFAULT = 50;
const LIMIT_MAX = 500;

/** What `?limit=&before=&origin=&target=&account=` asks for. Throws AppError `invalid`. */
export function readAlertQuery(query: Readonly<Record<string, unknown>>): AlertQuery {
  const { limit, before } = query;
  return {
    limit: limit === undefined ? LIMIT_DEFAULT : integerOf('limit', limit, 1, LIMIT_MAX),
    before: before === undefined ? undefined : readPosition(before, 'before'),
    origin: accountOf('origin', query.origin),
    target: accountOf('target', query.target),
    account: accountOf('account', query.account),
  };
}

/** A position as `/events` and `/alerts` give it out. Throws AppError `invalid`. */
export function readPosition(value: unknown, field = 'lastEventId'): number {
  return integerOf(field, value, 0, Number.MAX_SAFE_INTEGER);
}

function integerOf(field: string, value: unknown, min: number, max: number): number {
  const number = typeof value === 'string' && /^\d{1,16}$/.test(value) ? Number(value) : Number.NaN;
  if (number >= min && number <= max) return number;
  throw invalid(field, `a whole number from ${min} to ${max}`);
}

function accountOf(field: string, value: unknown): string | undefined {
  if (value === undefined || value === '') return undefined;
  if (typeof value === 'string' && isAccount(value)) return value;
  throw invalid(field, 'an account');
}
