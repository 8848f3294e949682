import { validateHeaderName, validateHeaderValue } from 'node:http';
import { ERRORS } from '#shared/errors.ts';
import type { Answer } from '#shared/http/answer.ts';

/** What refuses for good (H): all that a door may answer while nothing behind it is broken. */
const REFUSALS: readonly number[] = [400, 413, 415, 422];

/**
 * Throws, with a sentence, unless the answer is one that H has: its status, and of a refusal the
 * problem, the reason in one word and a detail that can stand in a header.
 */
export function checkAnswer(answer: Answer): void {
  for (const [name, value] of Object.entries(answer.headers)) {
    validateHeaderName(name);
    validateHeaderValue(name, value);
  }
  if (answer.status === 204) {
    if (answer.body !== undefined) throw new Error('204 with a body');
  } else if ([200, 202, 207].includes(answer.status)) {
    const value = parsed(answer);
    if (answer.status === 207) checkItems(value);
  } else {
    checkRefusal(answer);
  }
}

function checkRefusal(answer: Answer): void {
  if (!REFUSALS.includes(answer.status)) throw new Error(`answered ${answer.status}`);
  const reason = answer.headers['kne-reason'] ?? '';
  const detail = answer.headers['kne-detail'] ?? '';
  if (answer.headers['content-type'] !== 'application/problem+json') throw new Error('no problem');
  if (!/^[a-z]+$/.test(reason)) throw new Error(`kne-reason is ${reason}`);
  if (!/^[\x20-\x7e]{1,256}$/.test(detail)) throw new Error(`kne-detail is ${detail}`);
  const others = Object.keys(answer.headers).filter((name) =>
    /^kne-(?!reason$|detail$)/.test(name),
  );
  if (others.length > 0) throw new Error(`a header ${others[0]} on the dead letter`);
  checkProblem(parsed(answer), answer.status, reason);
}

function checkItems(value: unknown): void {
  if (!Array.isArray(value)) throw new Error('207 without a list');
  const problems = value.filter((item) => typeof item.status === 'number');
  if (problems.length === 0) throw new Error('207 without a problem');
  for (const { status, reason } of problems) {
    if (!REFUSALS.includes(status)) throw new Error(`an item answered ${status}`);
    checkProblem(
      problems.find((problem) => problem.reason === reason),
      status,
      reason,
    );
  }
}

function checkProblem(value: unknown, status: number, reason: string): void {
  const problem = value as Record<string, unknown>;
  const expected = {
    ...{ type: `urn:splitwatch:error:${reason}`, status, reason },
    title: ERRORS[reason as keyof typeof ERRORS]?.title,
  };
  for (const [name, wanted] of Object.entries(expected)) {
    if (problem[name] !== wanted) throw new Error(`${name} of the problem is ${problem[name]}`);
  }
  for (const name of ['detail', 'field', 'expected']) {
    const text = problem[name];
    if (typeof text !== 'string' || text === '') throw new Error(`the problem has no ${name}`);
    if (/\.ts\b|\n/.test(text)) throw new Error(`${name} of the problem tells of our code`);
  }
}

function parsed(answer: Answer): unknown {
  return JSON.parse(answer.body ?? '');
}
