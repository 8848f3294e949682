import { setTimeout as sleep } from 'node:timers/promises';
import type { Cluster } from './cluster.ts';
import { type Placement, placementOf } from './deploy-steps.ts';
import { errandPod, runErrandPod } from './errand.ts';
import { INVENTORY_NAME, type Inventory, inventoryRef, readInventory } from './inventory.ts';
import { type KubeObject, type ObjectRef, refOf, showRef } from './kube-object.ts';
import { findLeft, findVolumes } from './left-behind.ts';
import { podsOfFunction, podsOfSource } from './pods-of.ts';
import { type KafkaAccess, reachKafka } from './reach-kafka.ts';

/** The phases and steps of cleaning, in the order in which nothing is left half done. */
export const CLEAN_PLAN = {
  traffic: ['sources', 'functions', 'eventing'],
  kafka: ['groups', 'topics'],
  state: ['redis', 'volumes'],
  rest: ['objects', 'namespace'],
  proof: ['nothing is left'],
} as const;

export interface CleanOptions {
  readonly cluster: Cluster;
  readonly namespace: string;
  /** Delete the topics too, and what is in them. */
  readonly withTopics: boolean;
  /** Leave groups and topics as they are: those brokers are not to be had any more. */
  readonly leavesKafka?: boolean;
  readonly kafka: KafkaAccess;
  readonly timeoutMs: number;
  readonly runStep: <T>(
    phase: string,
    step: string,
    work: (tell: (words: string) => void) => Promise<T>,
    note: (result: T) => string,
  ) => Promise<T>;
}

/** What clean would take away. */
export interface ToClean {
  readonly inventory: Inventory | undefined;
  /** Of our making, by their labels, in the inventory or not. */
  readonly labelled: readonly ObjectRef[];
  readonly volumes: readonly ObjectRef[];
}

export async function lookBeforeClean(cluster: Cluster, namespace: string): Promise<ToClean> {
  const [inventoryObject, labelled, volumes] = await Promise.all([
    cluster.read(inventoryRef(namespace)),
    findLeft(cluster, namespace, { withOwned: false }),
    findVolumes(cluster, namespace),
  ]);
  return { inventory: readInventory(inventoryObject), labelled, volumes };
}

const DELETED: Readonly<Record<'functions' | 'eventing', readonly Placement[]>> = {
  functions: ['score', 'notify', 'generate'],
  eventing: ['binding', 'sinks'],
};

/**
 * Takes a deployment away: readers first, so that nothing is delivered into what is going, and the
 * inventory last, so that a clean that was stopped can be done again. Ends by listing every kind of
 * the cluster until nothing with our labels is found.
 *
 * @throws Error that says which step, and what is still there.
 */
export async function clean(options: CleanOptions, found: ToClean): Promise<void> {
  const { cluster, namespace, runStep, timeoutMs } = options;
  const deadlineMs = performance.now() + timeoutMs;
  const refs = allRefs(found);
  const objects = await readAll(cluster, refs);
  const remove = (wanted: readonly ObjectRef[], tell: (words: string) => void): Promise<string> =>
    removeAndWait(cluster, wanted, { deadlineMs, tell });
  const placed = (placements: readonly Placement[]): ObjectRef[] =>
    refs.filter((ref) => placements.includes(placementOfRef(ref, objects)));
  const step = (phase: string, name: string, wanted: readonly ObjectRef[]): Promise<string> =>
    runStep(
      phase,
      name,
      (tell) => remove(wanted, tell),
      (words) => words,
    );

  await step('traffic', 'sources', placed(['sources']));
  await runStep(
    'traffic',
    'functions',
    async (tell) => {
      const words = await remove(placed(DELETED.functions), tell);
      // They finish what they have begun while Redis and their sink are still there.
      await waitForPods(cluster, namespace, { deadlineMs, tell });
      return words;
    },
    (words) => words,
  );
  await step('traffic', 'eventing', placed(DELETED.eventing));
  await cleanKafka(options, found, objects);
  await step('state', 'redis', placed(['redis']));
  // Claims are named by their StatefulSet, which leaves them behind.
  await step('state', 'volumes', found.volumes);
  await step('rest', 'objects', placed(['first', 'topics']));
  await cluster.remove(inventoryRef(namespace));
  await runStep(
    'rest',
    'namespace',
    async (tell) => {
      if (found.inventory?.ownsNamespace !== true) return 'stays: deploy did not make it';
      return remove([{ apiVersion: 'v1', kind: 'Namespace', name: namespace }], tell);
    },
    (words) => words,
  );
  await runStep(
    'proof',
    'nothing is left',
    (tell) => prove(cluster, namespace, { deadlineMs, tell }),
    (kinds) => `looked for our labels in all ${kinds} kinds`,
  );
}

/** What the inventory has and what carries our labels, each once. */
function allRefs({ inventory, labelled }: ToClean): readonly ObjectRef[] {
  const known = new Map<string, ObjectRef>();
  for (const ref of [...(inventory?.objects ?? []), ...labelled]) {
    if (ref.name !== INVENTORY_NAME) known.set(`${ref.kind}/${ref.namespace}/${ref.name}`, ref);
  }
  return [...known.values()];
}

async function readAll(
  cluster: Cluster,
  refs: readonly ObjectRef[],
): Promise<readonly KubeObject[]> {
  const found = await Promise.all(refs.map((ref) => cluster.read(ref)));
  return found.filter((object): object is KubeObject => object !== undefined);
}

function placementOfRef(ref: ObjectRef, objects: readonly KubeObject[]): Placement {
  const object = objects.find(
    ({ kind, metadata }) => kind === ref.kind && metadata.name === ref.name,
  );
  const { apiVersion, kind, name } = ref;
  return placementOf(object ?? { apiVersion, kind, metadata: { name } });
}

interface Patience {
  readonly deadlineMs: number;
  readonly tell: (words: string) => void;
}

async function removeAndWait(
  cluster: Cluster,
  refs: readonly ObjectRef[],
  { deadlineMs, tell }: Patience,
): Promise<string> {
  let removed = 0;
  for (const ref of refs) if (await cluster.remove(ref)) removed += 1;
  for (;;) {
    const still = await readAll(cluster, refs);
    if (still.length === 0) break;
    const names = still.map((object) => showRef(refOf(object))).join(', ');
    if (performance.now() > deadlineMs) throw new Error(`still there: ${names}`);
    tell(`waiting for ${names} to go`);
    await sleep(500);
  }
  return removed === 0 ? 'there was none' : `${removed} removed`;
}

/**
 * Resolves when no pod of a function, or of our own source, is left. A namespace that is deleted
 * earlier takes minutes: its controller looks again only when half of the time has passed that its
 * pods may take at most.
 */
async function waitForPods(
  cluster: Cluster,
  namespace: string,
  { deadlineMs, tell }: Patience,
): Promise<void> {
  for (;;) {
    const pods = await Promise.all([
      podsOfSource(cluster, namespace),
      ...DELETED.functions.map((name) => podsOfFunction(cluster, namespace, name)),
    ]);
    const left = pods.flat().length;
    if (left === 0) return;
    if (performance.now() > deadlineMs) throw new Error(`${left} pods do not end`);
    tell(`waiting for ${left} ${left === 1 ? 'pod' : 'pods'} to finish`);
    await sleep(500);
  }
}

async function prove(
  cluster: Cluster,
  namespace: string,
  { deadlineMs, tell }: Patience,
): Promise<number> {
  const kinds = await cluster.listableKinds();
  for (;;) {
    const left = [
      ...(await findLeft(cluster, namespace, { kinds })),
      ...(await findVolumes(cluster, namespace)),
    ];
    if (left.length === 0) return kinds.length;
    const names = left.map(showRef).join(', ');
    if (performance.now() > deadlineMs) throw new Error(`still there: ${names}`);
    tell(`waiting for ${names} to go`);
    await sleep(1000);
  }
}

async function cleanKafka(
  options: CleanOptions,
  { inventory }: ToClean,
  objects: readonly KubeObject[],
): Promise<void> {
  const groups = inventory?.kafka.groups.map(({ group }) => group) ?? [];
  const topics = options.withTopics ? (inventory?.kafka.topics ?? []) : [];
  await options.runStep(
    'kafka',
    'groups',
    () => dropInKafka(options, inventory, objects, { groups, topics: [] }),
    (words) => words,
  );
  await options.runStep(
    'kafka',
    'topics',
    async () => {
      if (!options.withTopics) return 'stay, with what is in them: --topics deletes them';
      return dropInKafka(options, inventory, objects, { groups: [], topics });
    },
    (words) => words,
  );
}

const KAFKA_CURE = 'name the brokers as seen from here by --kafka, or say --leave-kafka';

/** Asks the brokers from here, or else by a pod in the cluster. */
async function dropInKafka(
  options: CleanOptions,
  inventory: Inventory | undefined,
  objects: readonly KubeObject[],
  wanted: { groups: readonly string[]; topics: readonly string[] },
): Promise<string> {
  const names = [...wanted.groups, ...wanted.topics];
  if (names.length === 0) return 'none are known';
  if (options.leavesKafka) return `left as they are: ${names.join(', ')}`;
  const { cluster, namespace, timeoutMs } = options;
  const kafka = await reachKafka(options.kafka, inventory?.kafka.brokers ?? []);
  if (kafka !== undefined) {
    try {
      const dropped = [
        ...(await kafka.dropGroups(wanted.groups, timeoutMs)),
        ...(await kafka.dropTopics(wanted.topics)),
      ];
      return dropped.length === 0 ? 'there was none' : `deleted ${dropped.join(', ')}`;
    } finally {
      await kafka.close();
    }
  }
  const pod = errandPod(objects, {
    ...(wanted.groups.length > 0 && { DROP_GROUPS: wanted.groups.join(',') }),
    ...(wanted.topics.length > 0 && { DROP_TOPICS: wanted.topics.join(',') }),
  });
  if (pod === undefined) {
    throw new Error(`Kafka cannot be reached from here (${names.join(', ')}): ${KAFKA_CURE}`);
  }
  await runErrandPod(cluster, pod, { namespace, timeoutMs }).catch((error: Error) => {
    throw new Error(`${error.message}; ${KAFKA_CURE}`, { cause: error });
  });
  return `deleted ${names.join(', ')}, from inside the cluster`;
}
