/** Where in a record of CSV each part of a transaction stands: indexes of columns, from 0. */
export interface Columns {
  /** What the layout is called in the summary. */
  readonly name: string;
  /** One column, or a date and a time of day in two. */
  readonly timestamp: readonly number[];
  readonly timeForm: TimeForm;
  /** Several are joined by `-`: a bank, and an account of it. */
  readonly origin: readonly number[];
  readonly target: readonly number[];
  readonly amount: number;
  readonly currency: number | undefined;
  readonly id: number | undefined;
  /** 1 or true where the transaction is known to be part of laundering. */
  readonly label: number | undefined;
  /** Whether a line with further columns is a mistake. */
  readonly isExact?: boolean;
}

/** The lines of the seeds (S4). */
export const LINE_COLUMNS: Columns = {
  ...{ name: 'lines', timestamp: [0], timeForm: 'strict', origin: [1], target: [2], amount: 3 },
  ...{ currency: undefined, id: undefined, label: undefined, isExact: true },
};

/**
 * `strict` as score reads it (S4); `utc` also `2022/09/01 00:20` and the like, without an offset;
 * `steps` are hours from some beginning.
 */
export type TimeForm = 'strict' | 'utc' | 'steps';

interface Layout {
  readonly name: string;
  readonly timeForm: TimeForm;
  /** Names of columns as they stand in the header, `+` between those that go together. */
  readonly columns: Readonly<Record<string, string>>;
}

/** Our own names, and public data sets. A name with `#2` is the second column of that name. */
const LAYOUTS: readonly Layout[] = [
  {
    name: 'Splitwatch',
    timeForm: 'strict',
    columns: {
      ...{ timestamp: 'timestamp', origin: 'origin', target: 'target', amount: 'amount' },
      ...{ currency: 'currency', id: 'id', label: 'label' },
    },
  },
  {
    name: 'IBM AMLworld',
    timeForm: 'utc',
    columns: {
      ...{ timestamp: 'timestamp', origin: 'from bank+account', target: 'to bank+account#2' },
      ...{ amount: 'amount paid', currency: 'payment currency', label: 'is laundering' },
    },
  },
  {
    name: 'IBM AMLworld',
    timeForm: 'utc',
    columns: {
      ...{ timestamp: 'timestamp', origin: 'from bank+account', target: 'to bank+account.1' },
      ...{ amount: 'amount paid', currency: 'payment currency', label: 'is laundering' },
    },
  },
  {
    name: 'SAML-D',
    timeForm: 'utc',
    columns: {
      ...{ timestamp: 'date+time', origin: 'sender_account', target: 'receiver_account' },
      ...{ amount: 'amount', currency: 'payment_currency', label: 'is_laundering' },
    },
  },
  {
    name: 'PaySim',
    timeForm: 'steps',
    columns: {
      ...{ timestamp: 'step', origin: 'nameorig', target: 'namedest', amount: 'amount' },
      ...{ label: 'isfraud' },
    },
  },
];

const NEEDED = ['timestamp', 'origin', 'target', 'amount'] as const;
const OPTIONAL = ['currency', 'id', 'label'] as const;
const SEPARATORS = [',', ';', '\t', '|'] as const;
export type ColumnName = (typeof NEEDED)[number] | (typeof OPTIONAL)[number];

/** The byte that stands between columns: the one that the header has most of. */
export function separatorOf(header: string): string {
  const counts = SEPARATORS.map((separator) => header.split(separator).length);
  return SEPARATORS[counts.indexOf(Math.max(...counts))] ?? ',';
}

/**
 * The columns that a header names, as one of the layouts that are known or as `own` says.
 * @throws Error that names what is missing, and the cure.
 */
export function findColumns(
  header: readonly string[],
  own: ReadonlyMap<ColumnName, string>,
): Columns {
  const layout = LAYOUTS.find((each) => isOf(each, header, own));
  const named = new Map([...Object.entries(layout?.columns ?? {}), ...own]);
  const missing = NEEDED.filter((name) => named.get(name) === undefined);
  if (missing.length > 0) {
    const example = missing.map((name) => `${name}=COLUMN`).join(',');
    const columns = header.map((name) => JSON.stringify(name)).join(', ');
    throw new Error(
      `line 1: no column for ${missing.join(', ')} among ${columns}; ` +
        `name them: --columns ${example}`,
    );
  }
  const indexes = (name: ColumnName): readonly number[] => {
    const text = named.get(name);
    if (text === undefined) return [];
    const found = text.split('+').map((part) => indexOf(header, part));
    if (found.every((index) => index >= 0)) return found;
    if (!own.has(name)) return [];
    throw new Error(`--columns ${name}=${text}: no such column in ${header.join(', ')}`);
  };
  return {
    name: own.size > 0 ? 'own columns' : (layout?.name ?? 'own columns'),
    timeForm: layout?.timeForm ?? 'strict',
    ...{ timestamp: indexes('timestamp'), origin: indexes('origin'), target: indexes('target') },
    amount: indexes('amount')[0] ?? 0,
    ...{ currency: indexes('currency')[0], id: indexes('id')[0], label: indexes('label')[0] },
  };
}

/** Columns of `--columns timestamp=Date+Time,origin=3`, by name or by number from 1. */
export function parseColumns(text: string): ReadonlyMap<ColumnName, string> {
  const own = new Map<ColumnName, string>();
  for (const part of text.split(',')) {
    const [name, column] = part.split(/=(.*)/s).map((side) => side.trim());
    const known = [...NEEDED, ...OPTIONAL].find((each) => each === name);
    if (known === undefined || column === undefined || column === '') {
      const names = [...NEEDED, ...OPTIONAL].join(', ');
      throw new Error(
        `expected NAME=COLUMN,… with a name of ${names}, found ${JSON.stringify(part)}`,
      );
    }
    own.set(known, column);
  }
  return own;
}

function isOf(
  { columns }: Layout,
  header: readonly string[],
  own: ReadonlyMap<ColumnName, string>,
): boolean {
  return NEEDED.filter((name) => !own.has(name)).every((name) =>
    (columns[name] as string).split('+').every((part) => indexOf(header, part) >= 0),
  );
}

function indexOf(header: readonly string[], column: string): number {
  const asNumber = /^\d{1,4}$/.test(column) ? Number(column) - 1 : -1;
  if (asNumber >= 0 && asNumber < header.length) return asNumber;
  const [, name = column, which = '1'] = /^(.*?)(?:#(\d))?$/.exec(column) ?? [];
  const same = header.flatMap((each, index) => (plain(each) === plain(name) ? [index] : []));
  return same[Number(which) - 1] ?? -1;
}

function plain(name: string): string {
  return name.trim().toLowerCase();
}
