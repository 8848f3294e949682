import type { Cluster } from './cluster.ts';
import { fieldOf, listOf, textOf } from './kube-object.ts';

/**
 * A setting of a function as its pods see it: from the Knative Service, with what it takes from
 * Secrets looked up, and `$(NAME)` put in. Undefined where it is not set.
 */
export async function functionSetting(
  cluster: Pick<Cluster, 'read'>,
  where: { readonly namespace: string; readonly name: string },
  setting: string,
): Promise<string | undefined> {
  const service = await cluster.read({
    ...{ apiVersion: 'serving.knative.dev/v1', kind: 'Service', ...where },
  });
  const [container] = listOf(service, 'spec', 'template', 'spec', 'containers');
  const entries = listOf(container, 'env');
  const settingOf = async (name: string): Promise<string | undefined> => {
    const entry = entries.find((one) => textOf(one, 'name') === name);
    if (entry === undefined) return undefined;
    const from = fieldOf(entry, 'valueFrom', 'secretKeyRef');
    if (from !== undefined) return secretValue(cluster, where.namespace, from);
    let value = textOf(entry, 'value');
    for (const [placed, inside = ''] of value.matchAll(/\$\(([A-Z0-9_]+)\)/g)) {
      value = value.replace(placed, (await settingOf(inside)) ?? placed);
    }
    return value;
  };
  return settingOf(setting);
}

async function secretValue(
  cluster: Pick<Cluster, 'read'>,
  namespace: string,
  from: unknown,
): Promise<string | undefined> {
  const secret = await cluster.read({
    ...{ apiVersion: 'v1', kind: 'Secret', name: textOf(from, 'name'), namespace },
  });
  const data = textOf(secret, 'data', textOf(from, 'key'));
  return data === '' ? undefined : Buffer.from(data, 'base64').toString();
}
