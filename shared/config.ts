import { parseAmount } from '#shared/domain/amount.ts';

/**
 * Configuration of a function: environment variables only (spec C), read once by `main.ts` into one
 * frozen object. A setting is data, so that the README's table and the code are kept equal by a
 * test. All problems are listed at once; the process then ends with exit code 78.
 */
export const CONFIG_EXIT_CODE = 78;

export interface Setting<T> {
  /** What it does, one sentence, with unit and bounds where they matter. */
  readonly description: string;
  /** As text, the way it would stand in the environment. Undefined: required, or see `optional`. */
  readonly fallback?: string;
  /** May be absent, value is then undefined. */
  readonly optional?: boolean;
  /** Never shown in logs. */
  readonly secret?: boolean;
  /** The value, or a sentence that says what was expected. */
  readonly parse: (text: string) => { readonly value: T } | { readonly expected: string };
}

export type Settings = Readonly<Record<string, Setting<unknown>>>;
export type ConfigOf<S extends Settings> = {
  readonly [K in keyof S]: S[K] extends Setting<infer T> ? T : never;
};

export class ConfigError extends Error {
  readonly problems: readonly string[];
  constructor(problems: readonly string[]) {
    super(`configuration: ${problems.join('; ')}`);
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

/**
 * All settings read from `environment` and frozen.
 * @throws ConfigError that lists every problem, each naming the variable and the cure.
 */
export function readConfig<S extends Settings>(
  settings: S,
  environment: Readonly<Record<string, string | undefined>>,
): ConfigOf<S> {
  const problems: string[] = [];
  const config: Record<string, unknown> = {};
  for (const [name, setting] of Object.entries(settings)) {
    const text = environment[name] || setting.fallback;
    if (text === undefined || text === '') {
      if (!setting.optional) problems.push(`${name} is required: ${setting.description}`);
      config[name] = undefined;
      continue;
    }
    const result = setting.parse(text);
    if ('value' in result) config[name] = result.value;
    else
      problems.push(
        `${name}=${setting.secret ? '…' : JSON.stringify(text)}: expected ${result.expected}`,
      );
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return Object.freeze(config) as ConfigOf<S>;
}

const HOST_PORT = /^([\w.-]+|\[[\da-fA-F:.]+\]):\d{1,5}$/;

type Described<T> = Omit<Setting<T>, 'parse'>;

export const setting = {
  text: (d: Described<string>): Setting<string> => ({ ...d, parse: (text) => ({ value: text }) }),

  optionalText: (d: Described<string | undefined>): Setting<string | undefined> => ({
    ...d,
    optional: true,
    parse: (text) => ({ value: text }),
  }),

  integer: (d: Described<number> & { min: number; max: number }): Setting<number> => ({
    ...d,
    parse: (text) => {
      const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
      if (value >= d.min && value <= d.max) return { value };
      return { expected: `a whole number from ${d.min} to ${d.max}` };
    },
  }),

  choice: <const C extends readonly string[]>(
    d: Described<C[number]> & { choices: C },
  ): Setting<C[number]> => ({
    ...d,
    parse: (text) =>
      d.choices.includes(text) ? { value: text } : { expected: `one of ${d.choices.join(', ')}` },
  }),

  /** A list of texts separated by commas. */
  list: (d: Described<readonly string[]>): Setting<readonly string[]> => ({
    ...d,
    parse: (text) => ({
      value: text
        .split(',')
        .map((part) => part.trim())
        .filter((part) => part !== ''),
    }),
  }),

  /** HOST:PORT, separated by commas. */
  hostPorts: (d: Described<readonly string[]>): Setting<readonly string[]> => ({
    ...d,
    parse: (text) => {
      const value = text.split(',').map((part) => part.trim());
      const isRight = value.every((part) => HOST_PORT.test(part));
      return isRight ? { value } : { expected: 'HOST:PORT, several separated by commas' };
    },
  }),

  amount: (d: Described<number>): Setting<number> => ({
    ...d,
    parse: (text) => {
      const value = parseAmount(text);
      return value === undefined ? { expected: 'an amount such as 10000.00' } : { value };
    },
  }),

  /** A URL of one of the given schemes; the text itself is the value. */
  url: (d: Described<string> & { schemes: readonly string[] }): Setting<string> => ({
    ...d,
    parse: (text) => parseUrl(text, d.schemes),
  }),

  optionalUrl: (
    d: Described<string | undefined> & { schemes: readonly string[] },
  ): Setting<string | undefined> => ({
    ...d,
    optional: true,
    parse: (text) => parseUrl(text, d.schemes),
  }),
};

function parseUrl(
  text: string,
  schemes: readonly string[],
): { value: string } | { expected: string } {
  const expected = `a URL that starts with ${schemes.map((s) => `${s}:`).join(' or ')}`;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url && schemes.includes(url.protocol.slice(0, -1)) ? { value: text } : { expected };
}

/** Settings that every function has. */
export const commonSettings = {
  PORT: setting.integer({
    description: 'Port to listen on; 0 picks a free one.',
    fallback: '8080',
    min: 0,
    max: 65_535,
  }),
  HOST: setting.text({ description: 'Address to listen on.', fallback: '0.0.0.0' }),
  LOG_LEVEL: setting.choice({
    description: 'Least severe level that is logged.',
    fallback: 'info',
    choices: ['debug', 'info', 'warn', 'error', 'silent'],
  }),
  DRAIN_MS: setting.integer({
    description: 'After SIGTERM, for how long at most requests are still taken, milliseconds.',
    fallback: '30000',
    min: 0,
    max: 600_000,
  }),
} as const satisfies Settings;
