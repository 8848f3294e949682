import { type Transaction, transactionId } from '#shared/domain/transaction.ts';
import { type Background, createRealisticBackground, createSeedBackground } from './background.ts';
import { createDueQueue } from './due-queue.ts';
import { CASE_KINDS, type Label } from './label.ts';
import { createPlanter, type PlacedCase } from './planter.ts';
import { createRandom, type Random } from './random.ts';
import { trafficMark } from './traffic-mark.ts';
import { planTraffic, type TrafficOptions, type TrafficPlan } from './traffic-options.ts';

/** One transaction on its way: the same one may be delivered twice. */
export interface Delivery {
  /** The CloudEvent's source and id, which together name the transaction (S3). */
  readonly source: string;
  readonly eventId: string;
  readonly transaction: Transaction;
  /** When to send it: milliseconds of event time since the start, in rising order. */
  readonly dueMs: number;
  /** It was delivered before; to be counted once (O3). */
  readonly isRepeat: boolean;
}

/** A delivery, or what is known of a planted case, said before the delivery that settles it. */
export type TrafficItem = { readonly delivery: Delivery } | { readonly label: Label };

/** The CloudEvent source of all that is made here. */
export const TRAFFIC_SOURCE = '/splitwatch/generate';

/**
 * A stream of transactions with planted cases in it, and a label for each case: pure, the same for
 * the same options. Two kinds of things happen, ordinary transfers and planted cases; each makes
 * transactions, each transaction is delivered at its event time or, at the set rates, later or
 * twice. What is to be sent later waits in a queue, so deliveries come in the order of `dueMs`.
 *
 * A label comes before the delivery from which its answer counts, and never when `count` cuts the
 * case off before that: each label is true of what was delivered. Endless without `count`; keeps
 * only what is still to be delivered, which is bounded by rate × (window + delay).
 *
 * Event ids begin with a mark made of all options but `count`: the same traffic again has the same
 * ids (and is then a duplicate as a whole), other traffic never shares them.
 *
 * @throws RangeError for options that no traffic can be made of, see {@link planTraffic}.
 */
export function* traffic(options: TrafficOptions = {}): Generator<TrafficItem, void, void> {
  const plan = planTraffic(options);
  const perSecond = plan.ratePerSecond / (1 + plan.duplicateShare);
  const background = createBackground(plan, perSecond * (1 - plan.plantedShare));
  const mark = trafficMark(plan);
  const planter = createPlanter({
    plan,
    perSecond: perSecond * plan.plantedShare,
    random: createRandom(plan.seed, 2),
    mark,
  });
  const dispatcher = createDispatcher(plan, mark.toString(16).padStart(8, '0'));
  const { waiting } = dispatcher;

  for (let left = plan.count; left > 0; ) {
    const nextMs = Math.min(background.nextMs(), planter.nextMs());
    if (waiting.nextDueMs() <= nextMs) {
      const { delivery, label } = waiting.pop() as Waiting;
      if (label !== undefined) yield { label };
      yield { delivery };
      left--;
    } else if (planter.nextMs() <= nextMs) {
      dispatcher.plant(planter.next());
    } else {
      const { origin, target, amountMinor } = background.next();
      const delivery = dispatcher.make(nextMs, origin, target, amountMinor);
      if (dispatcher.disturb(delivery)) continue;
      yield { delivery };
      left--;
    }
  }
}

interface Waiting {
  readonly delivery: Delivery;
  readonly label: Label | undefined;
}

function createBackground(plan: TrafficPlan, perSecond: number): Background {
  const random = createRandom(plan.seed, 1);
  if (plan.shape === 'seed') return createSeedBackground(plan, perSecond, random);
  return createRealisticBackground(plan, perSecond, random);
}

/** Names transactions, and decides when each is delivered and whether again. */
function createDispatcher(plan: TrafficPlan, mark: string) {
  const waiting = createDueQueue<Waiting>();
  const random = createRandom(plan.seed, 3);
  let named = 0;

  const make = (atMs: number, origin: string, target: string, amountMinor: number): Delivery => {
    const eventId = `${mark}-${++named}`;
    const id = transactionId(TRAFFIC_SOURCE, eventId);
    const elapsedMs = Math.floor(atMs / plan.resolutionMs) * plan.resolutionMs;
    const eventTimeMs = plan.startTimeMs + elapsedMs;
    const transaction = { id, eventTimeMs, origin, target, currency: plan.currency, amountMinor };
    const dueMs = Math.floor(atMs);
    return { source: TRAFFIC_SOURCE, eventId, transaction, dueMs, isRepeat: false };
  };

  const repeatMaybe = (delivery: Delivery): void => {
    if (!random.chance(plan.duplicateShare)) return;
    const dueMs = delivery.dueMs + random.between(1, plan.delayMaxMs);
    waiting.push(dueMs, { delivery: { ...delivery, dueMs, isRepeat: true }, label: undefined });
  };

  /** Delays the delivery or has it repeated, at the set rates. True: not to be sent now. */
  const disturb = (delivery: Delivery): boolean => {
    const isDelayed = random.chance(plan.outOfOrderShare);
    const sent = isDelayed ? delay(delivery, random.between(1, plan.delayMaxMs)) : delivery;
    if (isDelayed) waiting.push(sent.dueMs, { delivery: sent, label: undefined });
    repeatMaybe(sent);
    return isDelayed;
  };

  const plant = (placed: PlacedCase): void => {
    const { planted, startMs } = placed;
    const made = planted.pieces.map((p) => {
      const atMs = startMs + p.offsetSteps * plan.resolutionMs;
      const [from, to] = p.isReversed
        ? [placed.target, placed.origin]
        : [placed.origin, placed.target];
      return make(atMs, from, to, p.amountMinor);
    });
    const sent = planted.kind === 'ongoing' ? made : reorder(made, plan, random);
    const { settledIndex, label } = toLabel(`${mark}-case-${placed.number}`, placed, sent);
    sent.forEach((delivery, i) => {
      waiting.push(delivery.dueMs, { delivery, label: i === settledIndex ? label : undefined });
      repeatMaybe(delivery);
    });
  };
  return { waiting, make, disturb, plant };
}

function delay(delivery: Delivery, delayMs: number): Delivery {
  return { ...delivery, dueMs: delivery.dueMs + delayMs };
}

// Pieces of one case seldom lie closer than the delay of a random few, so a part of all cases has
// one piece that arrives after the next: ten times the share of transactions.
const REORDERED_CASES_FACTOR = 10;

function reorder(pieces: readonly Delivery[], plan: TrafficPlan, random: Random): Delivery[] {
  const overtaken = random.chance(plan.outOfOrderShare * REORDERED_CASES_FACTOR)
    ? random.below(Math.max(1, pieces.length - 1))
    : -1;
  return pieces.map((delivery, i) => {
    const following = pieces[i + 1];
    const gapMs = following === undefined ? 0 : following.dueMs - delivery.dueMs;
    if (i === overtaken && following !== undefined && gapMs < plan.delayMaxMs) {
      return delay(delivery, random.between(gapMs + 1, plan.delayMaxMs));
    }
    const isDelayed = random.chance(plan.outOfOrderShare);
    return isDelayed ? delay(delivery, random.between(1, plan.delayMaxMs)) : delivery;
  });
}

/** The label, and which of the deliveries settles it: the last to come of those that decide. */
function toLabel(
  caseId: string,
  placed: PlacedCase,
  sent: readonly Delivery[],
): { settledIndex: number; label: Label } {
  const { kind, pieces, crossingIndex } = placed.planted;
  const lastIndex = crossingIndex ?? sent.length - 1;
  let settledIndex = 0;
  for (let i = 1; i <= lastIndex; i++) {
    if ((sent[i] as Delivery).dueMs >= (sent[settledIndex] as Delivery).dueMs) settledIndex = i;
  }
  const transactions = sent.map((delivery) => delivery.transaction);
  const first = transactions[0] as Transaction;
  const label: Label = {
    caseId,
    kind,
    expected: CASE_KINDS[kind].expected,
    pair: { origin: placed.origin, target: placed.target, currency: first.currency },
    transactionIds: transactions.map((transaction) => transaction.id),
    crossingId: crossingIndex === undefined ? undefined : transactions[crossingIndex]?.id,
    settledById: (transactions[settledIndex] as Transaction).id,
    totalMinor: pieces.reduce((sum, p) => sum + p.amountMinor, 0),
    firstTimeMs: first.eventTimeMs,
    lastTimeMs: (transactions.at(-1) as Transaction).eventTimeMs,
  };
  return { settledIndex, label };
}
