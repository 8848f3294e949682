import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { forwardPage, pageToken } from '../../local/cluster/notify-client.ts';
import { reachScore } from '../../local/cluster/score-target.ts';
import {
  clusterForTests,
  type OwnDeployment,
  ownDeployment,
  splitwatch,
  type TestCluster,
} from './cluster-for-tests.ts';
import { topicsOfDeployment } from './topics-of-deployment.ts';

const PATIENCE = { timeout: 60_000, interval: 500 };

let on: TestCluster;
let own: OwnDeployment;

beforeAll(async () => {
  on = await clusterForTests();
  own = ownDeployment(on, { isPersistent: true });
});

afterAll(async () => {
  if (own !== undefined) {
    await splitwatch('clean', '--namespace', own.namespace, '--topics', '--yes');
  }
}, 240_000);

/** Posts a transaction to score by the ingress, as curl would; resolves with status and body. */
async function post(body: object): Promise<{ status: number; body: Record<string, unknown> }> {
  const text = JSON.stringify(body);
  const { target } = await reachScore(on.cluster, own.namespace, on.ingress);
  const headers = { host: target.host, 'content-type': 'application/json' };
  return new Promise((resolve, reject) => {
    const asking = request(target.url, { method: 'POST', headers }, (response) => {
      let answer = '';
      response.on('data', (chunk) => {
        answer += chunk;
      });
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, body: JSON.parse(answer) });
      });
    });
    asking.on('error', reject);
    asking.end(text);
  });
}

async function alertsOnPage(): Promise<readonly { alertId: string }[]> {
  const forward = await forwardPage(on.cluster, own.namespace);
  if (forward === undefined) throw new Error('notify has no pod');
  try {
    const token = await pageToken(on.cluster, own.namespace);
    const response = await fetch(`http://127.0.0.1:${forward.port}/alerts`, {
      headers: { authorization: `Bearer ${token}` },
    });
    return ((await response.json()) as { alerts: { alertId: string }[] }).alerts;
  } finally {
    await forward.close();
  }
}

describe('a deployment', () => {
  it('says what it would do, and does nothing, when it is dry', async () => {
    const dry = await splitwatch('deploy', ...own.flags, '--dry-run');
    expect(dry.output).toContain('KafkaSource transactions');
    expect(dry.exitCode).toBe(0);
    expect((await splitwatch('status', '--namespace', own.namespace)).exitCode).toBe(3);
  });

  it('goes through all steps, a probe included', async () => {
    const deployed = await splitwatch('deploy', ...own.flags, '--timeout', '4m');
    expect(deployed.output).toContain('Plan deploy (serial strategy) [COMPLETE]');
    expect(deployed.output).toContain('two transactions went in, one alert came out');
    expect(deployed.exitCode).toBe(0);
  }, 300_000);

  it('shows no alert of the probe on the page', async () => {
    expect(await alertsOnPage()).toEqual([]);
  });

  it('finds a sum that was split, by the ingress, and shows its alert', async () => {
    const timestamp = new Date().toISOString();
    const pair = { timestamp, origin: '66', target: '26' };
    expect((await post({ ...pair, amount: '5175.00' })).body).toMatchObject({ outcome: 'counted' });
    const second = await post({ ...pair, amount: '6437.00' });
    expect(second.body).toMatchObject({ outcome: 'crossed', total: '11612.00' });
    await vi.waitFor(async () => {
      const ids = (await alertsOnPage()).map(({ alertId }) => alertId);
      expect(ids).toEqual([second.body.alertId]);
    }, PATIENCE);
  });

  it('sends fraud events that carry what the binding says (K_SINK, K_CE_OVERRIDES)', async () => {
    const topics = topicsOfDeployment(on, own);
    const records = await topics.fraudRecords();
    await topics.close();
    // That they are in this topic is K_SINK; the probe is one of them. Each at least once.
    expect(new Set(records.map(({ headers }) => headers.ce_id)).size).toBe(2);
    for (const { headers } of records) {
      expect(headers).toMatchObject({ ce_deployment: 'lane', ce_type: 'io.splitwatch.fraud.v1' });
    }
  });

  it('changes nothing when it is done again', async () => {
    const again = await splitwatch('deploy', ...own.flags, '--json');
    const line = again.output.trim().split('\n').at(-1) ?? '';
    const { applied, removed } = JSON.parse(line) as {
      applied: { change: string; ref: { kind: string; name: string } }[];
      removed: unknown[];
    };
    expect(applied.filter(({ change }) => change !== 'unchanged')).toEqual([]);
    expect(applied.length).toBeGreaterThan(10);
    expect(removed).toEqual([]);
  }, 120_000);

  it('is COMPLETE, with its pods, its lag and its alerts', async () => {
    const kafka = ['--kafka', on.kafkaHere];
    const status = await splitwatch('status', '--namespace', own.namespace, '--json', ...kafka);
    expect(status.exitCode).toBe(0);
    const known = JSON.parse(status.output) as Record<string, unknown>;
    expect(known).toMatchObject({ status: 'COMPLETE', alerts: 1 });
    expect(Object.values(known.lag as Record<string, number>)).toEqual([0, 0]);
  });

  it('prints what notify prints', async () => {
    const logs = await splitwatch('logs', 'notify', '--namespace', own.namespace);
    expect(logs.output).toContain('Detected Fraud:   TransactionAggregate');
  });

  it('removes what is not part of it any more', async () => {
    const without = [...own.flags, '--set', 'generate.enabled=false', '--json'];
    const line = (await splitwatch('deploy', ...without)).output.trim().split('\n').at(-1) ?? '';
    const { removed } = JSON.parse(line) as { removed: { name: string }[] };
    expect(removed.map(({ name }) => name)).toEqual(['generate']);
  }, 120_000);

  it('is gone after clean, its volumes, groups and topics too', async () => {
    const cleaned = await splitwatch(
      ...['clean', '--namespace', own.namespace, '--topics', '--yes'],
    );
    expect(cleaned.output).toContain('Step nothing is left (COMPLETE)');
    expect(cleaned.output).toContain('deleted');
    expect(cleaned.exitCode).toBe(0);
    const home = { apiVersion: 'v1', kind: 'Namespace', name: own.namespace };
    expect(await on.cluster.read(home)).toBeUndefined();
    const status = await splitwatch('status', '--namespace', own.namespace);
    expect(status.exitCode).toBe(3);
  }, 240_000);
});
