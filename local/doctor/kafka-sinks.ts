import { textOf } from '../cluster/kube-object.ts';
import { type Finding, finding } from './finding.ts';
import {
  kafkaSinks,
  kafkaSources,
  ofKind,
  type Placed,
  referenceAt,
  resolve,
  resourceOf,
  type Setup,
} from './setup.ts';

/** Whether the KafkaSinks that others name are there, and how they write. */
export function lookAtSinks(setup: Setup): readonly Finding[] {
  const bindings = ofKind(setup, 'sources.knative.dev', 'SinkBinding');
  return [
    ...bindings.flatMap((binding) => lookAtReference(setup, binding, ['spec', 'sink', 'ref'])),
    ...kafkaSources(setup).flatMap((source) =>
      lookAtReference(setup, source, ['spec', 'delivery', 'deadLetterSink', 'ref']),
    ),
    ...kafkaSinks(setup).flatMap(lookAtContentMode),
  ];
}

function lookAtReference(setup: Setup, from: Placed, path: readonly string[]): readonly Finding[] {
  const reference = referenceAt(from, ...path);
  if (reference?.kind !== 'KafkaSink' || resolve(setup, reference) !== undefined) return [];
  const { name, namespace } = reference;
  const where = namespace === '' ? '' : ` of namespace ${namespace}`;
  const what = `${path.join('.')} names the KafkaSink ${name}${where}, which is not among what was read`;
  const servers = kafkaSources(setup)[0]?.object.spec?.bootstrapServers;
  const broker = Array.isArray(servers) ? String(servers[0]) : 'HOST:PORT';
  const cure = `apiVersion: eventing.knative.dev/v1alpha1
kind: KafkaSink
metadata:
  name: ${name}${namespace === '' ? '' : `\n  namespace: ${namespace}`}
spec:
  topic: ${name}
  bootstrapServers: [${broker}]
  contentMode: binary`;
  return [finding('kafka-sink-missing', resourceOf(from), { what, cure })];
}

function lookAtContentMode(sink: Placed): readonly Finding[] {
  const mode = textOf(sink.object, 'spec', 'contentMode');
  if (mode === 'binary') return [];
  const said = mode === '' ? 'not set, which means structured' : mode;
  const what = `spec.contentMode is ${said}`;
  return [
    finding('kafka-sink-structured', resourceOf(sink), {
      what,
      cure: 'spec:\n  contentMode: binary',
    }),
  ];
}
