/** How often a fault is done: with each thing that could suffer it, or so often an hour. */
export type FaultRate =
  | { readonly per: string; readonly probability: number }
  | { readonly anHour: number };

interface FaultKind {
  readonly summary: string;
  readonly rate: FaultRate;
  /** Redis forgets what it had acknowledged: totals are made right by reading the topic again. */
  readonly losesState?: true;
}

const each = (per: string, probability: number): FaultRate => ({ per, probability });
const anHour = (count: number): FaultRate => ({ anHour: count });

/** Every fault of the simulator, with the rate of the profile `all`. */
export const FAULT_KINDS = {
  duplicate: { summary: 'a transaction is written twice', rate: each('transaction', 0.04) },
  reorder: {
    summary: 'a transaction is written after later ones',
    rate: each('transaction', 0.08),
  },
  delay: {
    summary: 'a transaction is written minutes later, some beyond the allowed lateness',
    rate: each('transaction', 0.04),
  },
  poison: { summary: 'a record that no function can read', rate: each('transaction', 0.02) },
  'lost-reply': { summary: 'the work is done, the reply is lost', rate: each('call', 0.004) },
  'lost-request': { summary: 'a request never arrives', rate: each('call', 0.002) },
  'slow-call': {
    summary: 'a request or a reply takes up to 20 s, longer than every deadline',
    rate: each('call', 0.003),
  },
  'crash-score': { summary: 'score ends between two awaits', rate: each('call', 0.0015) },
  'crash-notify': { summary: 'notify ends between two awaits', rate: each('call', 0.004) },
  'crash-source': { summary: 'a dispatcher ends between two awaits', rate: each('call', 0.0004) },
  'sink-503-after-write': {
    summary: 'the sink writes the fraud event and answers 503',
    rate: each('sink request', 0.05),
  },
  'dispatcher-killed': {
    summary: 'a dispatcher is killed with up to 5 s of offsets not committed',
    rate: anHour(2),
  },
  'dispatcher-restarted': {
    summary: 'a dispatcher is stopped and started again, as in an upgrade',
    rate: anHour(1),
  },
  rebalance: { summary: 'partitions change hands', rate: anHour(2) },
  backlog: {
    summary: 'the source starts late, and hours of records come at once',
    rate: anHour(0.12),
  },
  'redis-restart': { summary: 'Redis restarts with all its data', rate: anHour(1.5) },
  'redis-last-second': {
    summary: 'Redis restarts without its last second (AOF everysec)',
    rate: anHour(0.4),
    losesState: true,
  },
  'redis-lost': { summary: 'Redis loses everything', rate: anHour(0.25), losesState: true },
  'redis-stale-replica': {
    summary: 'a replica that is seconds behind takes over',
    rate: anHour(0.4),
    losesState: true,
  },
  'sink-away': { summary: 'the fraud sink is away for minutes', rate: anHour(0.7) },
  'dead-letter-sink-away': {
    summary: 'the dead-letter sink is away for minutes',
    rate: anHour(0.7),
  },
  'clock-skew': {
    summary: "a pod's clock is wrong by up to two minutes",
    rate: each('pod', 0.5),
  },
  rollout: { summary: 'two revisions of score run at once for minutes', rate: anHour(0.7) },
  reread: { summary: 'the topic is read again although nothing was lost', rate: anHour(0.3) },
} as const satisfies Record<string, FaultKind>;

export type FaultName = keyof typeof FAULT_KINDS;

export const FAULT_NAMES = Object.keys(FAULT_KINDS) as readonly FaultName[];

export function losesState(name: FaultName): boolean {
  return 'losesState' in FAULT_KINDS[name];
}

/** Profiles by name: which faults may be done, and how often against the table above. */
export const PROFILES = {
  all: { factor: 1, has: () => true },
  'keeps-state': { factor: 1, has: (name: FaultName) => !losesState(name) },
  storm: { factor: 4, has: () => true },
  calm: { factor: 0, has: () => false },
} as const satisfies Record<
  string,
  { readonly factor: number; readonly has: (name: FaultName) => boolean }
>;

export type ProfileName = keyof typeof PROFILES;
