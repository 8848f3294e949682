import { describe, expect, it } from 'vitest';
import { ConfigError, readConfig, setting } from './config.ts';

const settings = {
  PORT: setting.integer({ description: 'Port.', fallback: '8080', min: 0, max: 65_535 }),
  MODE: setting.choice({ description: 'Mode.', fallback: 'a', choices: ['a', 'b'] }),
  LIMIT: setting.amount({ description: 'Limit.', fallback: '10000.00' }),
  BROKERS: setting.hostPorts({ description: 'Brokers.' }),
  SINK: setting.url({ description: 'Sink.', schemes: ['http', 'https'] }),
  TOKEN: setting.optionalText({ description: 'Token.', secret: true }),
};

describe('configuration (C)', () => {
  it('reads values and fallbacks into one frozen object', () => {
    const config = readConfig(settings, { BROKERS: 'a:9092, [::1]:9093', SINK: 'http://s' });
    expect(config).toEqual({
      ...{ PORT: 8080, MODE: 'a', LIMIT: 1_000_000, TOKEN: undefined },
      ...{ BROKERS: ['a:9092', '[::1]:9093'], SINK: 'http://s' },
    });
    expect(Object.isFrozen(config)).toBe(true);
  });

  it('lists every problem at once, each with its variable and what was expected', () => {
    const environment = { PORT: '70000', MODE: 'c', LIMIT: '1e4', BROKERS: 'a', SINK: 'ftp://x' };
    const problems = [
      'PORT="70000": expected a whole number from 0 to 65535',
      'MODE="c": expected one of a, b',
      'LIMIT="1e4": expected an amount such as 10000.00',
      'BROKERS="a": expected HOST:PORT, several separated by commas',
      'SINK="ftp://x": expected a URL that starts with http: or https:',
    ];
    expect(() => readConfig(settings, environment)).toThrow(new ConfigError(problems));
  });

  it('names what is required and missing', () => {
    expect(() => readConfig(settings, { SINK: '' })).toThrow(
      new ConfigError(['BROKERS is required: Brokers.', 'SINK is required: Sink.']),
    );
  });

  it.each(['', ':::', 'http://x:9092', 'a:9092,', 'a b:1', 'a:'])(
    'takes %j for no list of brokers',
    (text) => {
      const { BROKERS } = settings;
      expect(BROKERS.parse(text)).toHaveProperty('expected');
    },
  );

  it('never shows a secret', () => {
    const secret = { ...setting.integer({ description: '', min: 0, max: 1 }), secret: true };
    expect(() => readConfig({ secret }, { secret: 'hunter2' })).toThrow(
      'secret=…: expected a whole number from 0 to 1',
    );
  });
});
