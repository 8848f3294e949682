import { fieldOf, groupOf, type KubeObject, textOf } from '../cluster/kube-object.ts';
import { type Finding, finding } from './finding.ts';
import { hasSetting, roleOf, settingOf, sinkService } from './function-role.ts';
import {
  isSameNamespace,
  kafkaSources,
  numberAt,
  ofKind,
  type Placed,
  resourceOf,
  type Setup,
  services,
} from './setup.ts';

/** What a function is given: a bound on requests, a sink, a store. */
export function lookAtServices(setup: Setup): readonly Finding[] {
  return services(setup).flatMap((service) => [
    ...lookAtConcurrency(setup, service),
    ...lookAtSink(setup, service),
    ...lookAtStore(service),
  ]);
}

/** notify needs none: an open page is a request that never ends, and costs next to nothing. */
function lookAtConcurrency(setup: Setup, service: Placed): readonly Finding[] {
  const role = roleOf(service.object);
  const isFed = kafkaSources(setup).some((source) => sinkService(setup, source) === service);
  if (role === 'notify' || (role === undefined && !isFed)) return [];
  const limit = numberAt(service.object, 'spec', 'template', 'spec', 'containerConcurrency');
  if (limit !== undefined && limit > 0) return [];
  const field = 'spec.template.spec.containerConcurrency';
  const what = limit === 0 ? `${field} is 0` : `${field} is not set, which means 0`;
  const cure = 'spec:\n  template:\n    spec:\n      containerConcurrency: 80';
  return [finding('container-concurrency-0', resourceOf(service), { what, cure })];
}

function lookAtSink(setup: Setup, service: Placed): readonly Finding[] {
  const { object } = service;
  if (roleOf(object) !== 'score' || hasSetting(object, 'K_SINK')) return [];
  const bindings = ofKind(setup, 'sources.knative.dev', 'SinkBinding');
  if (bindings.some((binding) => isBoundBy(object, binding.object))) return [];
  const { name } = object.metadata;
  const what = `no SinkBinding has ${name} as its subject, and its containers set no K_SINK`;
  return [finding('k-sink-unset', resourceOf(service), { what, cure: bindingFor(name) })];
}

/** A subject of another API group is another object: Kubernetes has a Service too. */
function isBoundBy(service: KubeObject, binding: KubeObject): boolean {
  const subject = fieldOf(binding, 'spec', 'subject');
  if (textOf(subject, 'kind') !== 'Service') return false;
  if (groupOf(textOf(subject, 'apiVersion')) !== 'serving.knative.dev') return false;
  const namespace = textOf(subject, 'namespace') || binding.metadata.namespace;
  if (!isSameNamespace(service.metadata.namespace, namespace)) return false;
  const name = textOf(subject, 'name');
  if (name !== '') return name === service.metadata.name;
  const wanted = Object.entries(fieldOf(subject, 'selector', 'matchLabels') ?? {});
  const { labels = {} } = service.metadata;
  return wanted.length > 0 && wanted.every(([label, value]) => labels[label] === value);
}

function bindingFor(name: string): string {
  return `apiVersion: sources.knative.dev/v1
kind: SinkBinding
metadata:
  name: ${name}
spec:
  subject: {apiVersion: serving.knative.dev/v1, kind: Service, name: ${name}}
  sink: {ref: {apiVersion: eventing.knative.dev/v1alpha1, kind: KafkaSink, name: fraud}}`;
}

/** The embedded store is for one process on a laptop. */
function lookAtStore(service: Placed): readonly Finding[] {
  const url = settingOf(service.object, 'REDIS_URL');
  if (url === undefined || !url.startsWith('memory:')) return [];
  const what = `REDIS_URL is ${url}, the embedded store of one process`;
  const cure = `env:\n  - name: REDIS_URL\n    value: redis://splitwatch-redis:6379`;
  return [finding('redis-in-each-pod', resourceOf(service), { what, cure })];
}
