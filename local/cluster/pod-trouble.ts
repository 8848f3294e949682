import { fieldOf, type KubeObject, listOf, numberOf, textOf } from './kube-object.ts';

/** What keeps a pod from working, in words, and what whoever deploys can do about it. */
export interface PodTrouble {
  readonly pod: string;
  readonly words: string;
  readonly cure: string;
  /** It does not go away by waiting: better fail now than at the time-out. */
  readonly isHopeless: boolean;
  /** Its last log line says more. */
  readonly isInLog: boolean;
}

const IMAGE_REASONS = new Set([
  'ImagePullBackOff',
  'ErrImagePull',
  'ErrImageNeverPull',
  'InvalidImageName',
  'ImageInspectError',
]);

/** As sysexits.h has it, and as the functions end with it: the settings are wrong. */
const CONFIG_EXIT_CODE = 78;

/** Undefined for a pod that works, has ended well, or is only starting. */
export function podTrouble(pod: KubeObject): PodTrouble | undefined {
  if (pod.metadata.deletionTimestamp !== undefined) return undefined;
  return unscheduled(pod) ?? containerTrouble(pod) ?? notReady(pod);
}

type Found = Omit<PodTrouble, 'pod'>;

function named(pod: KubeObject, found: Found): PodTrouble {
  return { pod: pod.metadata.name, ...found };
}

function unscheduled(pod: KubeObject): PodTrouble | undefined {
  const scheduled = listOf(pod, 'status', 'conditions').find(
    (one) => textOf(one, 'type') === 'PodScheduled' && textOf(one, 'status') === 'False',
  );
  if (scheduled === undefined) return undefined;
  const message = textOf(scheduled, 'message');
  const cure = /persistentvolumeclaim/i.test(message)
    ? 'give the cluster a default storage class with room (kubectl get pv: a Released volume is ' +
      'offered again by its administrator), or name one in the values'
    : 'free or add room on a node, or ask for less in the values (resources)';
  return named(pod, {
    words: `no node takes it: ${oneLine(message) || 'Pending'}`,
    cure,
    isHopeless: false,
    isInLog: false,
  });
}

function containerTrouble(pod: KubeObject): PodTrouble | undefined {
  const statuses = [
    ...listOf(pod, 'status', 'initContainerStatuses'),
    ...listOf(pod, 'status', 'containerStatuses'),
  ];
  for (const status of statuses) {
    const waiting = fieldOf(status, 'state', 'waiting');
    const ended =
      fieldOf(status, 'state', 'terminated') ?? fieldOf(status, 'lastState', 'terminated');
    const found =
      (waiting === undefined ? undefined : waitingTrouble(status, waiting, ended)) ??
      (isBad(status, ended) ? crashTrouble(status, ended) : undefined);
    if (found !== undefined) return named(pod, found);
  }
  return undefined;
}

/** It ended badly and is not running again. */
function isBad(status: unknown, ended: unknown): boolean {
  return (
    ended !== undefined &&
    numberOf(ended, 'exitCode') !== 0 &&
    fieldOf(status, 'state', 'running') === undefined
  );
}

function waitingTrouble(status: unknown, waiting: unknown, ended: unknown): Found | undefined {
  const reason = textOf(waiting, 'reason');
  const message = oneLine(textOf(waiting, 'message'));
  const image = textOf(status, 'image');
  if (IMAGE_REASONS.has(reason)) {
    return {
      words: `the image ${image} cannot be had (${reason})${message ? `: ${message}` : ''}`,
      cure: 'build and push or load it (./splitwatch image), or name it with --image-prefix and --tag',
      isHopeless: true,
      isInLog: false,
    };
  }
  if (reason === 'CreateContainerConfigError') {
    const cure = 'make the secret or config map that the values name, in the same namespace';
    return { words: `it cannot be made: ${message}`, cure, isHopeless: true, isInLog: false };
  }
  if (reason === 'CrashLoopBackOff') return crashTrouble(status, ended);
  return undefined;
}

function crashTrouble(status: unknown, ended: unknown): Found {
  const exitCode = numberOf(ended, 'exitCode');
  const times = numberOf(status, 'restartCount') + 1;
  if (textOf(ended, 'reason') === 'OOMKilled') {
    const cure = 'give it more memory in the values (resources)';
    return { words: 'it was killed for its memory', cure, isHopeless: times >= 3, isInLog: false };
  }
  const isConfig = exitCode === CONFIG_EXIT_CODE;
  return {
    words: `it ended with exit code ${exitCode}${times > 1 ? `, ${times} times` : ''}`,
    cure: isConfig
      ? 'its settings are wrong, see the line of its log; change the values'
      : 'see its log: ./splitwatch logs, or kubectl logs',
    isHopeless: times >= 3,
    isInLog: true,
  };
}

function notReady(pod: KubeObject): PodTrouble | undefined {
  const isRunning = textOf(pod, 'status', 'phase') === 'Running';
  const ready = listOf(pod, 'status', 'conditions').find((one) => textOf(one, 'type') === 'Ready');
  if (!isRunning || textOf(ready, 'status') !== 'False') return undefined;
  return named(pod, {
    words: 'it runs, but says that it is not ready',
    cure: 'see its log: what it needs (Redis, Kafka, its sink) may be out of reach',
    isHopeless: false,
    isInLog: true,
  });
}

function oneLine(text: string): string {
  return text.trim().replace(/\s*\n\s*/g, ' ');
}
