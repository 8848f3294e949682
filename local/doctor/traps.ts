import type { Severity } from './finding.ts';

interface Trap {
  readonly severity: Severity;
  /** What gets lost: why anybody should care. */
  readonly why: string;
}

/** Every trap that the doctor knows, by the name that people see. */
export const TRAPS = {
  'no-dead-letter-sink': {
    severity: 'error',
    why:
      'a record that is refused, or given up, is committed all the same: without a dead-letter ' +
      'sink the transaction is gone and nobody is told',
  },
  'delivery-without-retry': {
    severity: 'error',
    why:
      "a delivery block replaces Knative's defaults as a whole: without retry the first 503, or " +
      'a pod that is just ending, makes a dead letter of a good transaction, or loses it',
  },
  'delivery-unreadable': {
    severity: 'error',
    why: 'a source with a delivery that Knative cannot read does not become ready: nothing is read',
  },
  'retry-budget-over-poll-interval': {
    severity: 'error',
    why:
      'a consumer that is busy with one record for longer is put out of its group: its partitions ' +
      'move, and all that was not committed comes again, by the thousand',
  },
  'dead-letter-over-poll-interval': {
    severity: 'warning',
    why:
      'a dead letter is sent by the same rules, after the record was given up: with both slow the ' +
      'consumer is put out of its group, and what was not committed comes again',
  },
  'initial-offset-latest': {
    severity: 'error',
    why:
      'a new group begins behind the newest record: what was written before, and while the source ' +
      'was not ready yet, is never delivered',
  },
  'random-consumer-group': {
    severity: 'error',
    why:
      'a source that is made again gets another group and forgets how far it had read; the group ' +
      'of a source that stands cannot be changed',
  },
  'consumers-above-partitions': {
    severity: 'warning',
    why: 'a partition has one consumer of a group at a time: those above idle, and hold memory',
  },
  'in-flight-below-target': {
    severity: 'warning',
    why:
      'the autoscaler counts requests in flight: where the source never has as many as one pod is ' +
      'meant to take, there is one pod however long the topic grows',
  },
  'container-concurrency-0': {
    severity: 'warning',
    why:
      'one Node process is one thread: without a bound the first pod that wakes gets all that ' +
      'waited, and is answered for with 502 and time-outs while others start',
  },
  'k-sink-unset': {
    severity: 'error',
    why: 'score has nowhere to send fraud events: it refuses to start, and nothing is scored',
  },
  'kafka-sink-missing': {
    severity: 'error',
    why:
      'what names a sink that is not there does not become ready: no K_SINK for score, no ' +
      'delivery at all by a source whose dead letters have nowhere to go',
  },
  'kafka-sink-structured': {
    severity: 'warning',
    why:
      "the event's attributes, a dead letter's reason among them, are hidden in the record's " +
      'value, which readers of the topic would have to unpack',
  },
  'retention-shorter-than-window': {
    severity: 'error',
    why:
      'a Redis that has lost its data is filled again from the topic, one window and the allowed ' +
      'lateness back: what is not there any more is missing in totals, and so is the fraud',
  },
  'retention-shorter-than-state': {
    severity: 'warning',
    why:
      'Redis keeps the state of a pair for so long to meet what waited in the topic; an outage ' +
      'that is longer than the retention loses transactions that nobody has read',
  },
  'topic-compacts': {
    severity: 'error',
    why:
      'all records of a pair have one key: compaction deletes all but the newest, so that a ' +
      'reader that is behind, or fills Redis again, misses transactions',
  },
  'redis-evicts': {
    severity: 'error',
    why:
      'a full Redis answers OK and forgets totals and alerts; score and notify refuse to start ' +
      'with one that may',
  },
  'redis-does-not-persist': {
    severity: 'error',
    why:
      'a restart forgets every window and every alert: fraud that is half seen is missed until ' +
      'the topic is read again',
  },
  'redis-loses-minutes': {
    severity: 'warning',
    why:
      'between two snapshots lie minutes, up to an hour: a crash forgets them, and what was ' +
      'acknowledged in them comes back only by reading the topic again',
  },
  'redis-on-empty-dir': {
    severity: 'warning',
    why: 'the file goes with the pod: a drained node or an upgrade forgets all totals and alerts',
  },
  'redis-in-each-pod': {
    severity: 'error',
    why:
      'each pod has totals of its own, and takes them along when it goes: a sum that was split ' +
      'over two pods, or over a scale to zero, is never seen',
  },
  'redis-too-old': {
    severity: 'error',
    why: 'it is not maintained any more, and nothing of ours was tried on it',
  },
  'redis-untried': {
    severity: 'warning',
    why: 'the scripts that keep totals were tried on Redis 7.0 and newer',
  },
  'api-version-too-old': {
    severity: 'error',
    why:
      'clusters of today do not serve this version, or leave fields out of it such as delivery, ' +
      'ordering and consumers',
  },
  'knative-too-old': {
    severity: 'warning',
    why: 'nothing was tried on it: 1.22 is the oldest that is asked for',
  },
  'kafka-too-old': {
    severity: 'error',
    why: "Kafka's own clients from 4.0 on do not speak to brokers older than 2.1",
  },
} as const satisfies Readonly<Record<string, Trap>>;

export type TrapName = keyof typeof TRAPS;
export const TRAP_NAMES = Object.keys(TRAPS) as readonly TrapName[];
