import { AppError } from '#shared/errors.ts';

/**
 * The work's result, or AppError `state` once `timeoutMs` have passed. The work itself goes on: its
 * end is then of no interest, and its failure makes no noise.
 */
export function withDeadline<T>(work: Promise<T>, timeoutMs: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(new AppError('state', `Redis does not answer within ${timeoutMs} ms`));
    }, timeoutMs);
    work.then(
      (result) => {
        clearTimeout(timer);
        resolve(result);
      },
      (error) => {
        clearTimeout(timer);
        reject(error);
      },
    );
  });
}
