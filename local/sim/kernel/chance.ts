/**
 * Chance that hangs on a name: the same seed and name give the same number, whatever else is drawn.
 * So a schedule with a transaction or a fault taken out leaves all others as they were, which is
 * what makes shrinking and replaying work.
 */
export interface Chance {
  /** A real number, 0 to below 1. */
  fraction(name: string): number;
  /** A whole number from `min` to `max`, both included. */
  between(name: string, min: number, max: number): number;
}

export function createChance(seed: number): Chance {
  const low = seed >>> 0;
  const high = Math.floor(seed / 2 ** 32) >>> 0;
  const fraction = (name: string): number => {
    let a = 0x9e3779b9 ^ low;
    let b = 0x85ebca6b ^ high;
    for (let i = 0; i < name.length; i++) {
      const code = name.charCodeAt(i);
      a = Math.imul(a ^ code, 0x01000193);
      b = Math.imul(b ^ code, 0x5bd1e995);
    }
    return mix(a ^ mix(b ^ low)) / 2 ** 32;
  };
  return {
    fraction,
    between: (name, min, max) => min + Math.floor(fraction(name) * (max - min + 1)),
  };
}

/** The end of MurmurHash3: each bit of the input touches each bit of the output. */
function mix(value: number): number {
  let x = value;
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return (x ^ (x >>> 16)) >>> 0;
}
