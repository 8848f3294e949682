import { type KubeObject, textOf } from '../cluster/kube-object.ts';
import { type Finding, finding } from './finding.ts';
import { sinkService } from './function-role.ts';
import { kafkaSources, numberAt, type Placed, resourceOf, type Setup, services } from './setup.ts';
import { consumersOf, isScaledByKeda } from './source-reading.ts';
import { partitionsOfAll, topicsOf } from './topic-facts.ts';

/** Requests that one consumer of an unordered source has in flight at most, about. */
const UNORDERED_IN_FLIGHT = 99;
/** Knative Serving's defaults. */
const TARGET = 100;
const UTILIZATION_PERCENT = 70;

/** What the autoscaler aims at, requests in flight a pod. */
interface Aim {
  readonly perPod: number;
  readonly said: string;
}

/** Whether the sources of a Service can ever have enough in flight for a second pod. */
export function lookAtInFlight(setup: Setup): readonly Finding[] {
  return services(setup).flatMap((service) => {
    const aim = aimOf(service.object);
    const sources = kafkaSources(setup).filter((source) => sinkService(setup, source) === service);
    if (aim === undefined || sources.length === 0 || sources.some(isScaledByKeda)) return [];
    const ceilings = sources.map((source) => ceilingOf(setup, source));
    let sum = 0;
    for (const ceiling of ceilings) {
      if (ceiling === undefined) return [];
      sum += ceiling.inFlight;
    }
    if (sum > aim.perPod) return [];
    const said = ceilings.map((ceiling) => ceiling?.said).join(', ');
    const what = `${said} in flight at most; ${service.object.metadata.name} aims at ${aim.said}`;
    return [
      finding('in-flight-below-target', resourceOf(sources[0] as Placed), {
        what,
        cure: cureFor(sum),
      }),
    ];
  });
}

interface Ceiling {
  readonly inFlight: number;
  readonly said: string;
}

/** Undefined where it hangs on partitions that nobody told. */
function ceilingOf(setup: Setup, source: Placed): Ceiling | undefined {
  const partitions = partitionsOfAll(setup, topicsOf(source));
  const { name } = source.object.metadata;
  if (textOf(source.object, 'spec', 'ordering') !== 'unordered') {
    if (partitions === undefined) return undefined;
    const said = `spec.ordering ordered over ${partitions} partitions lets ${name} have ${partitions}`;
    return { inFlight: partitions, said };
  }
  const consumers = Math.min(consumersOf(source), partitions ?? Number.POSITIVE_INFINITY);
  const inFlight = UNORDERED_IN_FLIGHT * consumers;
  const busy = consumers === 1 ? '1 consumer' : `${consumers} consumers`;
  return { inFlight, said: `${busy}, unordered, let ${name} have about ${inFlight}` };
}

/** Undefined where requests in flight decide nothing: another metric, or one pod anyway. */
function aimOf(object: KubeObject): Aim | undefined {
  const annotation = (name: string): unknown => {
    const path = ['spec', 'template', 'metadata', 'annotations', `autoscaling.knative.dev/${name}`];
    return numberAt(object, ...path) ?? textOf(object, ...path);
  };
  const isByConcurrency = ['', 'concurrency'].includes(String(annotation('metric')));
  if (!isByConcurrency || annotation('max-scale') === 1) return undefined;
  const limit = numberAt(object, 'spec', 'template', 'spec', 'containerConcurrency') ?? 0;
  const wanted = numberAt({ target: annotation('target') }, 'target');
  const target = Math.min(wanted ?? (limit || TARGET), limit || Number.POSITIVE_INFINITY);
  const percent =
    numberAt({ percent: annotation('target-utilization-percentage') }, 'percent') ??
    UTILIZATION_PERCENT;
  const perPod = (target * percent) / 100;
  const from = wanted === target ? 'target' : limit === target ? 'containerConcurrency' : 'default';
  return { perPod, said: `${perPod} a pod (${from} ${target} · ${percent} %)` };
}

function cureFor(ceiling: number): string {
  const target = Math.max(1, Math.floor(ceiling / 2));
  return [
    '# of the KafkaSource: scoring needs no order, and each consumer then has about 99 in flight',
    'spec:',
    '  ordering: unordered',
    '---',
    '# or of the Service, so that half of what can be in flight fills a pod:',
    'spec:',
    '  template:',
    '    metadata:',
    '      annotations:',
    `        autoscaling.knative.dev/target: "${target}"`,
  ].join('\n');
}
