/** A step of a deployment that did not come through: why, and what to do about it. */
export class StepFailure extends Error {
  override readonly name = 'StepFailure';
  /** What was seen, one sentence each, the nearest cause first. */
  readonly why: readonly string[];
  readonly cures: readonly string[];

  constructor(message: string, why: readonly string[], cures: readonly string[]) {
    super(message);
    this.why = why;
    this.cures = cures;
  }
}

/** Whoever started it does not want it any more. */
export class StoppedError extends Error {
  override readonly name = 'StoppedError';

  constructor() {
    super('stopped: what was applied stays; run it again to go on, or ./splitwatch clean');
  }
}
