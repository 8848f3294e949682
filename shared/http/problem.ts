import { type AppError, ERRORS } from '#shared/errors.ts';

/** A refusal in the form of RFC 9457, with the fields that spec H asks for. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly reason: string;
  readonly detail: string;
  /** The field of the input that is wrong; `request` where it is none in particular. */
  readonly field: string;
  readonly expected: string;
}

export const PROBLEM_MEDIA_TYPE = 'application/problem+json';

export function toProblem(error: AppError): Problem {
  return {
    type: `urn:splitwatch:error:${error.code}`,
    title: ERRORS[error.code].title,
    status: error.status,
    reason: error.code,
    detail: error.message,
    field: error.field ?? 'request',
    expected: error.expected ?? ERRORS[error.code].expected,
  };
}

/**
 * Headers of a refusal: `Kne-Reason` and `Kne-Detail`, which KafkaSource copies onto the dead
 * letter as extensions `reason` and `detail` (spec H, facts 1), and Retry-After where waiting
 * helps.
 */
export function problemHeaders(error: AppError): Record<string, string> {
  const headers: Record<string, string> = {
    'content-type': PROBLEM_MEDIA_TYPE,
    'kne-reason': error.code,
    'kne-detail': headerText(error.message),
  };
  if (error.retryable && error.code !== 'internal') {
    headers['retry-after'] = String(error.retryAfterS ?? 1);
  }
  return headers;
}

/** Printable ASCII of at most 256 characters, safe in any header. */
export function headerText(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '?').slice(0, 256);
}
