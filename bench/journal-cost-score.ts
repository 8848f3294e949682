/**
 * Score as a process, for journal-cost.ts: as functions/score/main.ts, but without a journal where
 * JOURNAL=off. Tells its processor time when asked.
 */
import { readConfig } from '#shared/config.ts';
import { serve } from '#shared/http/serve.ts';
import { createLog } from '#shared/log.ts';
import { ruleOf, scoreSettings, serveLimitsOf } from '../functions/score/config.ts';
import type { Journal } from '../functions/score/journal.ts';
import { openState } from '../functions/score/open-state.ts';
import { wireApp } from '../functions/score/wire-app.ts';

/** Keeps nothing. */
const NO_JOURNAL: Journal = {
  admit: () => undefined,
  accepted: async () => {},
  refused: () => {},
  receipts: async () => [],
  marks: async () => new Map(),
  epoch: { kind: 'whole' },
  check: async () => {},
  assure: async () => {},
};

const config = readConfig(scoreSettings, process.env);
const log = createLog('score', config.LOG_LEVEL);
const rule = ruleOf(config);
const opened = await openState(config, rule, log);
const state = process.env.JOURNAL === 'off' ? { ...opened, journal: NO_JOURNAL } : opened;
const app = wireApp({ config, rule, state, log, isReady: () => true });
const { PORT: port, HOST: host } = config;
const serving = await serve(app.listener, { port, host, limits: serveLimitsOf(config) });
process.on('message', () => process.send?.({ cpu: process.cpuUsage() }));
process.once('disconnect', () => process.exit(0));
process.send?.({ port: serving.port });
