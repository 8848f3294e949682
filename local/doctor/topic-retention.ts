import { scoreSettings } from '../../functions/score/config.ts';
import { type Finding, finding } from './finding.ts';
import { feedsScore, roleOf, settingOf, sinkService } from './function-role.ts';
import { ownSources } from './own-source.ts';
import { kafkaSources, type Placed, type Setup, services } from './setup.ts';
import { factsOfTopic, type TopicFacts, topicsOf } from './topic-facts.ts';

/** What is asked about where no source says what it reads. */
export const USUAL_TOPIC = 'transactions';

type TimeSetting = 'WINDOW_MS' | 'ALLOWED_LATENESS_MS' | 'STATE_TTL_MS';

/** Whether topics that score reads reach back as far as it may have to read again (L3). */
export function lookAtRetention(setup: Setup): readonly Finding[] {
  const findings = topicsOfScore(setup).flatMap(({ topic, score }) =>
    factsOfTopic(setup, topic).flatMap((facts) => lookAtTopic(facts, score)),
  );
  // Two sources may read one topic.
  const seen = new Set<string>();
  return findings.filter(({ trap, resource }) => {
    const key = JSON.stringify([trap, resource]);
    return !seen.has(key) && seen.add(key);
  });
}

/** The topics that lead to score, with its Service; the usual one where there is no source. */
export function topicsOfScore(
  setup: Pick<Setup, 'objects' | 'topics' | 'redis'>,
): readonly { readonly topic: string; readonly score: Placed | undefined }[] {
  const sources = kafkaSources(setup);
  const own = ownSources(setup);
  if (sources.length + own.length === 0) return [{ topic: USUAL_TOPIC, score: undefined }];
  const fedByOwn = services(setup).find(({ object }) => roleOf(object) === 'score');
  return [
    ...own.flatMap((source) => topicsOf(source).map((topic) => ({ topic, score: fedByOwn }))),
    ...sources
      .filter((source) => feedsScore(setup, source))
      .flatMap((source) =>
        topicsOf(source).map((topic) => ({ topic, score: sinkService(setup, source) })),
      ),
  ];
}

function lookAtTopic(facts: TopicFacts, score: Placed | undefined): readonly Finding[] {
  const found: Finding[] = [];
  const { topic, resource, retentionMs, cleanupPolicy = '' } = facts;
  const isManifest = resource.kind === 'KafkaTopic';
  const prefix = isManifest ? 'spec.config.' : '';
  const windowMs = timeOf(score, 'WINDOW_MS') + timeOf(score, 'ALLOWED_LATENESS_MS');
  const stateMs = timeOf(score, 'STATE_TTL_MS');
  if (retentionMs !== undefined && retentionMs < Math.max(windowMs, stateMs)) {
    const isWindow = retentionMs < windowMs;
    const needed = isWindow
      ? `WINDOW_MS + ALLOWED_LATENESS_MS of score are ${windowMs}`
      : `STATE_TTL_MS of score is ${stateMs}`;
    const what = `${prefix}retention.ms is ${retentionMs}; ${needed}`;
    const cure = set(facts, 'retention.ms', String(Math.max(7 * stateMs, windowMs)));
    const trap = isWindow ? 'retention-shorter-than-window' : 'retention-shorter-than-state';
    found.push(finding(trap, resource, { what, cure }));
  }
  if (cleanupPolicy.includes('compact')) {
    const what = `${prefix}cleanup.policy of ${topic} is ${cleanupPolicy}`;
    const cure = set(facts, 'cleanup.policy', 'delete');
    found.push(finding('topic-compacts', resource, { what, cure }));
  }
  return found;
}

function timeOf(score: Placed | undefined, name: TimeSetting): number {
  const set = score && settingOf(score.object, name);
  return Number(set ?? scoreSettings[name].fallback);
}

function set({ topic, resource }: TopicFacts, name: string, value: string): string {
  if (resource.kind === 'KafkaTopic') return `spec:\n  config:\n    ${name}: ${value}`;
  return (
    `kafka-configs.sh --bootstrap-server HOST:PORT --alter --entity-type topics ` +
    `--entity-name ${topic} --add-config ${name}=${value}`
  );
}
