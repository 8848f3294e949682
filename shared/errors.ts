/**
 * Every refusal and failure that a caller can see, as data: one code, one status, whether the same
 * request may succeed later. docs/errors.md lists them; a test keeps the two equal.
 *
 * The codes are the words of spec H: they travel in the `Kne-Reason` header onto dead letters, so
 * they hold a–z only. Unknown errors are `internal`, which is retryable: we would rather see a
 * transaction twice than never.
 */
export const ERRORS = {
  malformed: {
    status: 400,
    retryable: false,
    title: 'Not a form of transaction that we read',
    expected: 'one of the forms of transaction in README',
  },
  unauthorized: {
    status: 401,
    retryable: false,
    title: 'A token is required',
    expected: 'Authorization: Bearer and the token of this function',
  },
  forbidden: {
    status: 403,
    retryable: false,
    title: 'This token does not open this door',
    expected: 'the token of this function',
  },
  notfound: {
    status: 404,
    retryable: false,
    title: 'Nothing is here',
    expected: 'one of the paths that this function answers',
  },
  method: {
    status: 405,
    retryable: false,
    title: 'This method is not answered here',
    expected: 'a method that this path answers',
  },
  toolarge: {
    status: 413,
    retryable: false,
    title: 'The request is too large',
    expected: 'a smaller request',
  },
  mediatype: {
    status: 415,
    retryable: false,
    title: 'A content type that we do not read',
    expected: 'application/json, text/plain or a CloudEvent',
  },
  invalid: {
    status: 422,
    retryable: false,
    title: 'A value is not allowed',
    expected: 'a value that is allowed',
  },
  late: {
    status: 422,
    retryable: false,
    title: 'Too old to be summed',
    expected: 'a transaction within the allowed lateness of its pair',
  },
  future: {
    status: 422,
    retryable: false,
    title: 'Too far ahead of the clock',
    expected: 'a time that is not ahead of the clock',
  },
  busy: {
    status: 429,
    retryable: true,
    title: 'Too many requests are in flight',
    expected: 'fewer requests at once: send it again after Retry-After',
  },
  internal: {
    status: 500,
    retryable: true,
    title: 'A defect of ours',
    expected: 'to be sent again, and to be told to us',
  },
  state: {
    status: 503,
    retryable: true,
    title: 'The store does not answer',
    expected: 'to be sent again after Retry-After, when the store answers',
  },
  sink: {
    status: 503,
    retryable: true,
    title: 'The sink does not take the fraud event',
    expected: 'to be sent again after Retry-After, when the sink takes events',
  },
  topic: {
    status: 503,
    retryable: true,
    title: 'Kafka does not take the records',
    expected: 'to be sent again after Retry-After, when Kafka answers',
  },
} as const satisfies Record<string, ErrorKind>;

export type ErrorCode = keyof typeof ERRORS;

export interface ErrorKind {
  readonly status: number;
  readonly retryable: boolean;
  readonly title: string;
  /** What is expected where the error itself does not say; the cure. */
  readonly expected: string;
}

export interface ErrorDetails {
  /** The field of the input that is wrong, for example `amount`. */
  readonly field?: string;
  /** What was expected in its place, in words. */
  readonly expected?: string;
  /** After how many seconds to try again; for retryable ones. */
  readonly retryAfterS?: number;
  readonly cause?: unknown;
}

/**
 * A refused input or a broken dependency. Made at the adapter that notices it, never wrapped twice.
 */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly field: string | undefined;
  readonly expected: string | undefined;
  readonly retryAfterS: number | undefined;

  constructor(code: ErrorCode, detail: string, details: ErrorDetails = {}) {
    super(detail, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'AppError';
    this.code = code;
    this.field = details.field;
    this.expected = details.expected;
    this.retryAfterS = details.retryAfterS;
  }

  get status(): number {
    return ERRORS[this.code].status;
  }

  get retryable(): boolean {
    return ERRORS[this.code].retryable;
  }
}

/** Any thrown value as an AppError; what is not one already becomes `internal`. Never throws. */
export function toAppError(thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown;
  return new AppError('internal', 'an unexpected error', { cause: thrown });
}
