/** How long each part of a process's start took, milliseconds. */
export interface StartTimes {
  /** Node itself, to the first line of the program. */
  readonly boot: number;
  /** Loading the program. */
  readonly load: number;
  /** Until the store answered; what is loaded meanwhile is in it. */
  readonly connect: number;
  /** Until the port was open. */
  readonly listen: number;
}

/** The parts of a start, from three moments of `performance.now()`, whose zero is the start. */
export function startTimes(moments: {
  readonly loaded: number;
  readonly connected: number;
  readonly listening: number;
}): StartTimes {
  const { loaded, connected, listening } = moments;
  const booted = performance.nodeTiming.bootstrapComplete;
  return {
    boot: Math.round(booted),
    load: Math.round(loaded - booted),
    connect: Math.round(connected - loaded),
    listen: Math.round(listening - connected),
  };
}
