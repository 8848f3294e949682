import { expect, it, onTestFinished } from 'vitest';
import { AppError } from '#shared/errors.ts';
import { kafkaCure } from './kafka-cure.ts';

const cureOf = (said: string): string => kafkaCure(new AppError('topic', `Kafka at b:9: ${said}`));

it.each([
  ['connect ECONNREFUSED 127.0.0.1:9', /^is --kafka a running broker, as HOST:PORT\?$/],
  ['no answer within 10000 ms', /running broker.*set KAFKA_TLS=on$/],
  ['read ECONNRESET', /set KAFKA_TLS=on$/],
  ['self-signed certificate', /NODE_EXTRA_CA_CERTS/],
  ['write EPROTO 80: wrong version number', /leave KAFKA_TLS unset/],
  ['SASL PLAIN authentication failed: Invalid username or password', /KAFKA_SASL_PASSWORD/],
  ['Request is not valid given the current SASL state', /see KAFKA_SASL_MECHANISM/],
  ['Topic authorization failed: not authorized to access topics', /allow this user/],
])('says what to do about: %s', (said, cure) => {
  expect(cureOf(said)).toMatch(cure);
});

it('does not ask for TLS where it is on', () => {
  const before = process.env.KAFKA_TLS;
  onTestFinished(() => {
    if (before === undefined) delete process.env.KAFKA_TLS;
    else process.env.KAFKA_TLS = before;
  });
  process.env.KAFKA_TLS = 'on';
  expect(cureOf('read ECONNRESET')).not.toContain('KAFKA_TLS');
});
