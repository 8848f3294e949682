/** What a benchmark is told. */
export interface BenchOptions {
  /** Rounds of each side, by turns; a benchmark has its own number unless set. */
  readonly rounds: number | undefined;
  /** Under a minute for all that take part in `--short`. */
  readonly isShort: boolean;
  /** Takes one line of progress at a time. */
  readonly log: (line: string) => void;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Cells as they are printed; the first column is text, the others are numbers. */
export interface Table {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** A figure that says the same on any machine: more is better. */
export interface Ratio {
  readonly name: string;
  readonly value: number;
  /** What it must reach; absent where nothing is asked of it. */
  readonly aim?: number;
  /** It tells of the machine's speed too, so it has an aim, and no baseline. */
  readonly isOfMachine?: true;
}

export interface BenchResult {
  /** One line above the table: what was done, how often. */
  readonly summary: string;
  readonly tables: readonly Table[];
  readonly ratios: readonly Ratio[];
  /** File name in bench/charts/ and its SVG. */
  readonly charts: readonly { readonly file: string; readonly svg: string }[];
}

export interface Benchmark {
  readonly name: string;
  readonly summary: string;
  /** Takes part in `--short`. */
  readonly isInShort: boolean;
  /** Loads only this benchmark's files. */
  readonly load: () => Promise<{ readonly run: (options: BenchOptions) => Promise<BenchResult> }>;
}
