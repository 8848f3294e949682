import { AppError } from '#shared/errors.ts';

/** The bytes are not one of the forms of S4, nor the fraud event of W2: 400 (H). */
export function malformed(field: string, expected: string, cause?: unknown): AppError {
  return new AppError('malformed', `${field}: expected ${expected}`, { field, expected, cause });
}

/** The form is right, but S1 refuses a value in it: 422 (H). */
export function invalid(field: string, expected: string): AppError {
  return new AppError('invalid', `${field}: expected ${expected}`, { field, expected });
}

/** A content type that we do not read: 415 (H). */
export function unreadable(expected: string): AppError {
  return new AppError('mediatype', `content-type: expected ${expected}`, {
    field: 'content-type',
    expected,
  });
}
