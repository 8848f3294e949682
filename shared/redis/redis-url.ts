/**
 * Addresses of Redis. One server: `redis://[user:password@]host:port[/number]`. A Redis Cluster:
 * `redis+cluster://[user:password@]host:port,host:port`, where one node is enough to find the
 * others and each further one is another chance to. `rediss` for TLS.
 */
export interface ClusterAddress {
  readonly isTls: boolean;
  readonly nodes: readonly { readonly host: string; readonly port: number }[];
  readonly username: string | undefined;
  readonly password: string | undefined;
}

export const SERVER_FORM = 'redis://[user:password@]host:port[/number], each part percent-encoded';
export const CLUSTER_FORM =
  'redis+cluster://[user:password@]host:port, several host:port separated by commas, ' +
  'user and password percent-encoded, no number of a database';

const CLUSTER_SCHEME = /^rediss?\+cluster:/;
const CLUSTER_URL = /^redis(s?)\+cluster:\/\/(?:([^@/?#\s]*)@)?([^@/?#\s]+)\/?$/;
const NODE = /^(?:\[([\da-fA-F:.]+)\]|([\w.-]+))(?::(\d{1,5}))?$/;
const DEFAULT_PORT = 6379;

export function isClusterUrl(url: string): boolean {
  return CLUSTER_SCHEME.test(url);
}

/** The parts of a cluster's address, or undefined for what is none. */
export function parseClusterUrl(url: string): ClusterAddress | undefined {
  const [, tls, login = '', list = ''] = CLUSTER_URL.exec(url) ?? [];
  if (tls === undefined) return undefined;
  const nodes: { host: string; port: number }[] = [];
  for (const text of list.split(',')) {
    const [, ip6, name, port = String(DEFAULT_PORT)] = NODE.exec(text) ?? [];
    const host = ip6 ?? name;
    if (host === undefined || Number(port) > 65_535) return undefined;
    nodes.push({ host, port: Number(port) });
  }
  const [username, password] = login.split(/:(.*)/s).map(decoded);
  if (username === undefined || (login.includes(':') && password === undefined)) return undefined;
  return { isTls: tls === 's', nodes, username: username || undefined, password };
}

/** The URL without user and password, for people to read. */
export function showUrl(url: string): string {
  if (isClusterUrl(url)) {
    if (parseClusterUrl(url) === undefined) return 'an address that is no Redis Cluster';
    return url.replace(/\/\/[^@]*@/, '//');
  }
  if (!URL.canParse(url)) return 'an address that is not a URL';
  const parsed = new URL(url);
  return `${parsed.protocol}//${parsed.host}${parsed.pathname === '/' ? '' : parsed.pathname}`;
}

export function hasPassword(url: string): boolean {
  if (isClusterUrl(url)) return parseClusterUrl(url)?.password !== undefined;
  return URL.canParse(url) && new URL(url).password !== '';
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
