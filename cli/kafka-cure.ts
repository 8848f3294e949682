import type { AppError } from '#shared/errors.ts';

/** What whoever typed the command can do about brokers that do not do what was asked. */
export function kafkaCure(error: AppError): string {
  const isTls = process.env.KAFKA_TLS === 'on';
  return CURES.find(([said]) => said.test(error.message))?.[1](isTls) ?? RUNNING;
}

const RUNNING = 'is --kafka a running broker, as HOST:PORT?';
const LOGIN = 'KAFKA_SASL_MECHANISM, KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD log in to it';

/** By what kafkajs, Node or the broker says; the first that fits. */
const CURES: readonly (readonly [said: RegExp, cure: (isTls: boolean) => string])[] = [
  [
    /current SASL state|SASL mechanism/i,
    () => 'it does not take that login there: see KAFKA_SASL_MECHANISM, or name another port',
  ],
  [/SASL|authenticat/i, () => LOGIN],
  [/certificate|altname/i, () => 'NODE_EXTRA_CA_CERTS names the file of an authority to trust'],
  [
    /wrong version number|EPROTO|packet length|\bSSL\b|before secure TLS/i,
    () => 'it does not speak TLS there: leave KAFKA_TLS unset, or name its TLS port',
  ],
  [
    /ECONNRESET|no answer within|hang up|[Cc]losed connection|disconnected/,
    (isTls) => (isTls ? RUNNING : `${RUNNING} Where it speaks TLS, set KAFKA_TLS=on`),
  ],
  [/not authorized|AUTHORIZATION_FAILED/i, () => 'allow this user what it asks for (kafka-acls)'],
];
