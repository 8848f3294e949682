import type { Finding } from './finding.ts';
import { lookAtServices } from './function-service.ts';
import { lookAtInFlight } from './in-flight.ts';
import { lookAtSinks } from './kafka-sinks.ts';
import { lookAtOwnSources } from './own-source.ts';
import { lookAtRedis } from './redis-settings.ts';
import type { Setup } from './setup.ts';
import { lookAtDelivery } from './source-delivery.ts';
import { lookAtReading } from './source-reading.ts';
import { lookAtRetention } from './topic-retention.ts';
import { unchecked } from './unchecked.ts';
import { lookAtVersions } from './versions.ts';

/** What was looked at, what is wrong with it, and what could not be looked at. */
export interface Diagnosis {
  readonly findings: readonly Finding[];
  /** How many objects and servers were looked at. */
  readonly resources: number;
  /** How many of each kind. */
  readonly looked: Readonly<Record<string, number>>;
  readonly unchecked: readonly string[];
}

const LOOKS = [
  ...[lookAtDelivery, lookAtReading, lookAtOwnSources, lookAtInFlight],
  ...[lookAtServices, lookAtSinks],
  ...[lookAtRetention, lookAtRedis, lookAtVersions],
];

/**
 * Names every trap in the setup, errors first. Decides from its argument alone; `alsoUnchecked` is
 * what could not be read.
 */
export function diagnose(setup: Setup, alsoUnchecked: readonly string[] = []): Diagnosis {
  const all = LOOKS.flatMap((look) => look(setup));
  const bySeverity = (wanted: Finding['severity']): readonly Finding[] =>
    all.filter(({ severity }) => severity === wanted);
  const looked: Record<string, number> = {};
  const count = (kind: string): void => {
    looked[kind] = (looked[kind] ?? 0) + 1;
  };
  for (const { object } of setup.objects) count(object.kind);
  for (const { resource } of [...setup.topics, ...setup.redis]) count(resource.kind);
  return {
    findings: [...bySeverity('error'), ...bySeverity('warning')],
    resources: setup.objects.length + setup.topics.length + setup.redis.length,
    looked,
    unchecked: [...alsoUnchecked, ...unchecked(setup)],
  };
}
