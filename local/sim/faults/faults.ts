import type { Chance } from '../kernel/chance.ts';
import type { Trace } from '../kernel/trace.ts';
import {
  FAULT_KINDS,
  FAULT_NAMES,
  type FaultName,
  PROFILES,
  type ProfileName,
} from './fault-kinds.ts';

export interface FaultOptions {
  readonly profile: ProfileName;
  /** Only these kinds; all of the profile unless set. */
  readonly only?: ReadonlySet<FaultName> | undefined;
  /** Only these faults, by key; all that chance gives unless set. Shrinking sets it. */
  readonly keep?: ReadonlySet<string> | undefined;
}

/** A fault that is done at a moment of its own. */
export interface TimedFault {
  readonly name: FaultName;
  readonly key: string;
  readonly atMs: number;
}

/** Decides which faults are done, and remembers those that were. */
export interface Faults {
  /** Whether this fault is done to the thing called so. */
  strikes(name: FaultName, thing: string): boolean;
  /** The faults with moments of their own, of the hours from 0 on. */
  timed(hours: number): readonly TimedFault[];
  /** A timed fault is done now, unless it is not to be kept. */
  begins(fault: TimedFault): boolean;
  /** No more faults from now on: what is broken heals. */
  cease(): void;
  /** Keys of the faults that were done, in their order. */
  readonly done: readonly string[];
}

/** In so many of the seeds a kind that the profile has is left out: faults mask each other. */
const LEFT_OUT = 0.25;
/** Kinds that lose state make several checks weaker, so they are left out more often. */
const LOSSES_LEFT_OUT = 0.5;
const HOUR_MS = 3_600_000;

export function createFaults(chance: Chance, trace: Trace, options: FaultOptions): Faults {
  const { factor, has } = PROFILES[options.profile];
  const isLossless = chance.fraction('swarm losses') < LOSSES_LEFT_OUT;
  const rates = new Map<FaultName, number>();
  for (const name of FAULT_NAMES) {
    const { rate, ...kind } = FAULT_KINDS[name];
    const isChosen = options.only
      ? options.only.has(name)
      : has(name) &&
        chance.fraction(`swarm ${name}`) >= LEFT_OUT &&
        !(isLossless && 'losesState' in kind);
    const usual = 'probability' in rate ? rate.probability : rate.anHour;
    rates.set(name, isChosen ? usual * factor : 0);
  }
  const done: string[] = [];
  let hasCeased = false;

  const isKept = (key: string): boolean => options.keep?.has(key) ?? true;
  const note = (name: FaultName, key: string): void => {
    done.push(key);
    trace.say('FAULT', () => `${key}: ${FAULT_KINDS[name].summary}`);
  };
  return {
    done,
    strikes(name, thing) {
      const probability = rates.get(name) as number;
      if (hasCeased || probability === 0) return false;
      const key = `${name} ${thing}`;
      if (chance.fraction(key) >= probability || !isKept(key)) return false;
      note(name, key);
      return true;
    },
    timed(hours) {
      const faults: TimedFault[] = [];
      for (const [name, rate] of rates) {
        if ('probability' in FAULT_KINDS[name].rate) continue;
        for (let hour = 0; hour < hours; hour++) {
          for (let i = 0; i < Math.ceil(rate); i++) {
            const key = `${name} ${hour}/${i}`;
            if (chance.fraction(`whether ${key}`) >= rate - i) continue;
            const atMs = (hour + chance.fraction(`when ${key}`)) * HOUR_MS;
            faults.push({ name, key, atMs });
          }
        }
      }
      return faults;
    },
    begins({ name, key }) {
      if (hasCeased || !isKept(key)) return false;
      note(name, key);
      return true;
    },
    cease() {
      hasCeased = true;
    },
  };
}
