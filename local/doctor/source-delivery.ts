import { fieldOf, textOf } from '../cluster/kube-object.ts';
import {
  backoffMs,
  type Delivery,
  type DeliverySpec,
  MANIFEST_DELIVERY,
  resolveDelivery,
} from '../eventing/delivery.ts';
import { type Finding, finding } from './finding.ts';
import { pollInterval } from './poll-interval.ts';
import { kafkaSources, type Placed, resourceOf, type Setup } from './setup.ts';
import { topicsOf } from './topic-facts.ts';

/** What a source does with a record that is not taken at once. */
export function lookAtDelivery(setup: Setup): readonly Finding[] {
  const poll = pollInterval(setup);
  return kafkaSources(setup).flatMap((source) => {
    const resource = resourceOf(source);
    const cure = wholeBlock(source);
    const found: Finding[] = [];
    const add = (trap: Finding['trap'], what: string): void =>
      void found.push(finding(trap, resource, { what, cure }));
    const block = fieldOf(source.object, 'spec', 'delivery') ?? undefined;
    if (!hasDeadLetterSink(block)) {
      const field = block === undefined ? 'spec.delivery' : 'spec.delivery.deadLetterSink';
      add('no-dead-letter-sink', `${field} is not set`);
    }
    const delivery = readDelivery(block);
    if (typeof delivery === 'string') {
      add('delivery-unreadable', `spec.delivery: ${delivery}`);
      return found;
    }
    if (delivery.retries === 0) {
      const retry = fieldOf(block, 'retry');
      const said = retry === undefined ? 'not set, which means 0' : String(retry);
      add('delivery-without-retry', `spec.delivery.retry is ${said}`);
    }
    const budgetMs = retryBudgetMs(delivery);
    const sum = `${sumOf(delivery)}; ${poll.said}`;
    const before =
      block === undefined ? 'spec.delivery is not set, and by default' : 'by spec.delivery';
    if (budgetMs > poll.intervalMs) {
      add('retry-budget-over-poll-interval', `${before} one record may take ${sum}`);
    } else if (hasDeadLetterSink(block) && 2 * budgetMs > poll.intervalMs) {
      const both = `${before} one record may take ${sum}, and its dead letter as long again`;
      add('dead-letter-over-poll-interval', both);
    }
    return found;
  });
}

/** The longest that one record takes: every request until its time-out, and the waits between. */
export function retryBudgetMs(delivery: Delivery): number {
  return (delivery.retries + 1) * delivery.timeoutMs + waitsMs(delivery);
}

function waitsMs(delivery: Delivery): number {
  let sum = 0;
  for (let attempt = 1; attempt <= delivery.retries; attempt++) sum += backoffMs(delivery, attempt);
  return sum;
}

function sumOf(delivery: Delivery): string {
  const { retries, timeoutMs } = delivery;
  const requests = `(${retries} + 1) · ${seconds(timeoutMs)}`;
  return `${requests} + ${seconds(waitsMs(delivery))} of waits = ${seconds(retryBudgetMs(delivery))}`;
}

const seconds = (ms: number): string => `${Math.round(ms) / 1000} s`;

/** The delivery, or why it is none. */
function readDelivery(block: unknown): Delivery | string {
  if (block === undefined) return resolveDelivery(undefined);
  const { retry, backoffPolicy, backoffDelay, timeout } = block as DeliverySpec;
  try {
    return resolveDelivery({
      ...(retry !== undefined && { retry }),
      ...(backoffPolicy !== undefined && { backoffPolicy }),
      ...(backoffDelay !== undefined && { backoffDelay }),
      ...(timeout !== undefined && { timeout }),
    });
  } catch (error) {
    if (error instanceof RangeError) return error.message;
    throw error;
  }
}

function hasDeadLetterSink(block: unknown): boolean {
  const sink = fieldOf(block, 'deadLetterSink');
  return textOf(sink, 'uri') !== '' || textOf(sink, 'ref', 'name') !== '';
}

/** The block as our own manifests have it, with the dead-letter sink that is there. */
function wholeBlock(source: Placed): string {
  const sink = fieldOf(source.object, 'spec', 'delivery', 'deadLetterSink');
  const uri = textOf(sink, 'uri');
  const { retry, backoffPolicy, backoffDelay, timeout } = MANIFEST_DELIVERY;
  const lines = [
    'spec:',
    '  delivery:',
    `    retry: ${retry}`,
    `    backoffPolicy: ${backoffPolicy}`,
    `    backoffDelay: ${backoffDelay}`,
    `    timeout: ${timeout}`,
    '    deadLetterSink:',
  ];
  if (uri !== '') return [...lines, `      uri: ${uri}`].join('\n');
  const name = textOf(sink, 'ref', 'name') || `${topicsOf(source)[0] ?? 'transactions'}-dlq`;
  return [
    ...lines,
    '      ref:',
    `        apiVersion: ${textOf(sink, 'ref', 'apiVersion') || 'eventing.knative.dev/v1alpha1'}`,
    `        kind: ${textOf(sink, 'ref', 'kind') || 'KafkaSink'}`,
    `        name: ${name}`,
  ].join('\n');
}
