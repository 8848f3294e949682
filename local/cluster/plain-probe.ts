import { COMPONENT_LABEL } from './deploy-steps.ts';
import { fieldOf, type KubeObject, listOf, textOf } from './kube-object.ts';

const NAME = 'splitwatch-test';

/**
 * The chart's probe for a deployment of plain YAML: its text in a ConfigMap, and the pod that runs
 * it.
 */
export function plainProbe(
  objects: readonly KubeObject[],
  namespace: string,
  probeText: string,
): readonly KubeObject[] {
  const functionNames = objects
    .filter(({ apiVersion }) => apiVersion.startsWith('serving.knative.dev/'))
    .map(({ metadata }) => metadata.name);
  const score = objects.find(
    ({ kind, metadata }) => kind === 'Service' && metadata.name === 'score',
  );
  if (score === undefined) return [];
  const container = listOf(score, 'spec', 'template', 'spec', 'containers')[0];
  const labels = {
    'app.kubernetes.io/name': 'splitwatch',
    'app.kubernetes.io/part-of': 'splitwatch',
    [COMPONENT_LABEL]: 'test',
  };
  const address = (name: string): object => ({
    name: `${name.toUpperCase()}_URL`,
    value: `http://${name}.${namespace}.svc`,
  });
  const env = [
    ...functionNames.map(address),
    {
      name: 'PAGE_TOKEN',
      valueFrom: { secretKeyRef: { name: 'splitwatch-page', key: 'token' } },
    },
    { name: 'THRESHOLD', value: '10000.00' },
  ];
  const pod: KubeObject = {
    ...{ apiVersion: 'v1', kind: 'Pod', metadata: { name: NAME, labels } },
    spec: {
      ...{ restartPolicy: 'Never', automountServiceAccountToken: false },
      containers: [
        {
          ...{ name: 'probe', image: textOf(container, 'image'), env },
          imagePullPolicy: textOf(container, 'imagePullPolicy'),
          command: ['node', '/probe/probe.mjs'],
          resources: { requests: { cpu: '10m', memory: '48Mi' } },
          securityContext: fieldOf(container, 'securityContext'),
          volumeMounts: [{ name: 'probe', mountPath: '/probe', readOnly: true }],
        },
      ],
      volumes: [{ name: 'probe', configMap: { name: NAME } }],
    },
  };
  const text: KubeObject = {
    ...{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: NAME, labels } },
    data: { 'probe.mjs': probeText },
  };
  return [text, pod];
}
