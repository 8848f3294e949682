import { type Answer, jsonAnswer } from './answer.ts';

/** What the probes look at. */
export interface Health {
  /** False once draining has begun. */
  readonly isReady: () => boolean;
  /** Undefined when the function can work, else one sentence that says what it waits for. */
  readonly notReadyReason: () => string | undefined;
}

/** `/healthz`: the event loop turns. */
export function aliveAnswer(): Answer {
  return jsonAnswer(200, { status: 'ok' });
}

/** `/readyz`: it can work, and is not draining. */
export function readyAnswer(health: Health): Answer {
  const reason = health.isReady() ? health.notReadyReason() : 'draining';
  return reason === undefined
    ? jsonAnswer(200, { status: 'ready' })
    : jsonAnswer(503, { status: 'not ready', reason });
}

/**
 * The answer to a probe's request, undefined for every other. It needs no router: a function that
 * has just been started from zero is probed before it may have its first event.
 */
export function probeAnswer(
  method: string | undefined,
  path: string,
  health: Health,
): Answer | undefined {
  if (method !== 'GET') return undefined;
  if (path === '/healthz') return aliveAnswer();
  return path === '/readyz' ? readyAnswer(health) : undefined;
}
