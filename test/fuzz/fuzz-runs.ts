import { createRandom, type Random } from '../../functions/generate/core/random.ts';
import { deliverable, type FuzzRequest, pick, showRequest } from './fuzz-request.ts';
import { mutate } from './mutations.ts';

/** `FUZZ_SEED`, which run to begin with, `FUZZ_FIRST`, and how many, `FUZZ_RUNS`. */
const seed = Number(process.env.FUZZ_SEED ?? 1);
const first = Number(process.env.FUZZ_FIRST ?? 0);

export const runsOr = (fallback: number): number => Number(process.env.FUZZ_RUNS ?? fallback);

/** Request `run` of the seed: the same on any machine, whatever came before it. */
export function requestOf(
  run: number,
  examples: Readonly<Record<string, readonly FuzzRequest[]>>,
): { readonly form: string; readonly request: FuzzRequest; readonly random: Random } {
  const random = createRandom(seed, run);
  const [form, chosen] = pick(Object.entries(examples), random);
  const mutated = mutate(pick(chosen, random), Object.values(examples).flat(), random);
  return { form, request: deliverable(mutated), random };
}

/**
 * Makes that many mutated requests and has each checked. What a check throws is told with the
 * request, and with how to have this one again.
 */
export async function fuzz(
  runs: number,
  examples: Readonly<Record<string, readonly FuzzRequest[]>>,
  check: (request: FuzzRequest, form: string) => Promise<void>,
): Promise<void> {
  for (let run = first; run < first + runs; run++) {
    const { form, request } = requestOf(run, examples);
    try {
      await check(request, form);
    } catch (error) {
      const again = `FUZZ_SEED=${seed} FUZZ_FIRST=${run} FUZZ_RUNS=1`;
      const what = error instanceof Error ? error.message : String(error);
      throw new Error(`${what}\nagain: ${again}\n${showRequest(request)}`, { cause: error });
    }
  }
}
