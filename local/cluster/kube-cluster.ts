import { once } from 'node:events';
import { PassThrough, type Writable } from 'node:stream';
import type { KubeConfig, Log } from '@kubernetes/client-node';
import { createKinds } from './api-kinds.ts';
import { type AskApi, createApi } from './api-request.ts';
import { type Change, type Cluster, ClusterError, FIELD_MANAGER, type PodRef } from './cluster.ts';
import { type KubeObject, showRef } from './kube-object.ts';
import { openForward } from './port-forward.ts';

export interface ClusterOptions {
  /** Of the kubeconfig; its current one unless set. */
  readonly context?: string | undefined;
}

/**
 * The cluster that KUBECONFIG, the usual file or the pod's own account names.
 * @throws Error that says what to set when none of them names one.
 */
export async function openCluster(options: ClusterOptions = {}): Promise<Cluster> {
  // Only now: loading the client takes longer than most commands.
  const { KubeConfig, Log, PortForward } = await import('@kubernetes/client-node');
  const config = new KubeConfig();
  config.loadFromDefault();
  if (options.context !== undefined) useContext(config, options.context);
  const server = config.getCurrentCluster()?.server;
  if (server === undefined || isNoConfig(config)) {
    throw new Error('no cluster is named: set KUBECONFIG, or --context to one of your kubeconfig');
  }
  const ask = createApi(config);
  const about = `${config.getCurrentContext()} at ${server}`;
  const forwarder = new PortForward(config, false);
  return {
    about,
    ...objectsOf(ask),
    ...logsOf(ask, new Log(config)),
    forward: (pod, podPort, localPort = 0) => openForward(forwarder, pod, podPort, localPort),
  };
}

function useContext(config: KubeConfig, name: string): void {
  const names = config.getContexts().map((context) => context.name);
  if (!names.includes(name)) {
    throw new Error(`--context ${name}: the kubeconfig has ${names.join(', ') || 'none'}`);
  }
  config.setCurrentContext(name);
}

/** What the client makes up when it finds nothing: a cluster at localhost:8080. */
function isNoConfig(config: KubeConfig): boolean {
  return (
    config.getCurrentContext() === 'loaded-context' && config.getCurrentUser()?.name === 'user'
  );
}

type Objects = Pick<
  Cluster,
  'serves' | 'apply' | 'read' | 'list' | 'create' | 'change' | 'remove' | 'listableKinds'
>;

function objectsOf(ask: AskApi): Objects {
  const kinds = createKinds(ask);
  return {
    serves: kinds.serves,
    listableKinds: kinds.listable,
    async apply(object, { isDryRun = false } = {}) {
      const path = await kinds.pathOf({ ...object, ...object.metadata });
      if (path === undefined) throw kinds.unknown(object);
      const before = (await ask({ method: 'GET', path })) as KubeObject | undefined;
      const after = await ask({
        method: 'PATCH',
        path: `${path}?fieldManager=${FIELD_MANAGER}&force=true${isDryRun ? '&dryRun=All' : ''}`,
        body: object,
        contentType: 'application/apply-patch+yaml',
      });
      if (after === undefined) throw new ClusterError(404, notThere(object));
      return changeOf(before, after as KubeObject);
    },
    async read(ref) {
      const path = await kinds.pathOf(ref);
      if (path === undefined) return undefined;
      return (await ask({ method: 'GET', path })) as KubeObject | undefined;
    },
    async list(kind, { namespace, labels = {} } = {}) {
      const path = await kinds.pathOf({ ...kind, namespace, name: '' });
      if (path === undefined) return [];
      const selector = Object.entries(labels)
        .map(([name, value]) => (value === undefined ? name : `${name}=${value}`))
        .join(',');
      const query = selector === '' ? '' : `?labelSelector=${encodeURIComponent(selector)}`;
      const found = (await ask({ method: 'GET', path: `${path}${query}` })) as
        | { items: KubeObject[] }
        | undefined;
      // Items of a list do not say what they are.
      return (found?.items ?? []).map((item) => ({ ...item, ...kind }));
    },
    async create(object) {
      const path = await kinds.pathOf({ ...object, ...object.metadata, name: '' });
      if (path === undefined) throw kinds.unknown(object);
      const made = await ask({ method: 'POST', path, body: object });
      if (made === undefined) throw new ClusterError(404, notThere(object));
      return made as KubeObject;
    },
    async change(ref, body) {
      const path = await kinds.pathOf(ref);
      const contentType = 'application/merge-patch+json';
      const asked = { method: 'PATCH', path: `${path}`, body, contentType } as const;
      const after = path === undefined ? undefined : await ask(asked);
      if (after === undefined) throw new ClusterError(404, `${showRef(ref)} is not there`);
    },
    async remove(ref) {
      const path = await kinds.pathOf(ref);
      if (path === undefined) return false;
      const body = { propagationPolicy: 'Background' };
      return (await ask({ method: 'DELETE', path, body })) !== undefined;
    },
  };
}

function notThere({ kind, metadata }: KubeObject): string {
  return `${kind} ${metadata.name}: its namespace ${metadata.namespace ?? ''} is not there`;
}

function changeOf(before: KubeObject | undefined, after: KubeObject): Change {
  if (before === undefined) return 'created';
  const isSame = before.metadata.resourceVersion === after.metadata.resourceVersion;
  return isSame ? 'unchanged' : 'changed';
}

function logsOf(ask: AskApi, logs: Log): Pick<Cluster, 'readLog' | 'followLog'> {
  return {
    async readLog(pod, { tailLines = 1000, isPrevious = false } = {}) {
      const output = new PassThrough();
      const chunks: Buffer[] = [];
      output.on('data', (chunk: Buffer) => chunks.push(chunk));
      const options = { tailLines, previous: isPrevious };
      try {
        await logs.log(pod.namespace, pod.name, await containerOf(ask, pod), output, options);
        await once(output, 'end');
      } catch {
        return ''; // Not started yet, or gone: there is nothing to read.
      }
      return Buffer.concat(chunks).toString();
    },
    async followLog(pod, output: Writable, signal) {
      const through = new PassThrough();
      through.pipe(output, { end: false });
      const container = await containerOf(ask, pod);
      const options = { follow: true, tailLines: 1000 };
      const reading = await logs.log(pod.namespace, pod.name, container, through, options);
      signal.addEventListener('abort', () => reading.abort(), { once: true });
      await once(through, 'close').catch(() => {});
    },
  };
}

/** Without a name the pod's first container, as Knative puts the function's. */
async function containerOf(ask: AskApi, pod: PodRef): Promise<string> {
  if (pod.container !== undefined) return pod.container;
  const path = `/api/v1/namespaces/${pod.namespace}/pods/${pod.name}`;
  const found = (await ask({ method: 'GET', path })) as
    | { spec: { containers: { name: string }[] } }
    | undefined;
  return found?.spec.containers[0]?.name ?? '';
}
