import { readConfig } from '#shared/config.ts';
import { serve } from '#shared/http/serve.ts';
import { createHttpSink } from '#shared/http/sink-client.ts';
import { createLog } from '#shared/log.ts';
import { createRegistry } from '#shared/metrics.ts';
import { createScoreApp } from '../../functions/score/app.ts';
import { limitsOf, ruleOf, scoreSettings } from '../../functions/score/config.ts';
import { openState } from '../../functions/score/open-state.ts';
import { createScore } from '../../functions/score/score.ts';

/** A planted bug: score acknowledges a transaction before the sink has accepted its fraud event. */
const config = readConfig(scoreSettings, process.env);
const log = createLog('score', 'silent');
const rule = ruleOf(config);
const { totals: store, journal } = await openState(config, rule, log);
const client = createHttpSink({ url: config.K_SINK, timeoutMs: config.SINK_TIMEOUT_MS });
const sink = {
  send: async (fraud: Parameters<typeof client.send>[0]): Promise<void> => {
    void client.send(fraud).catch(() => {});
  },
};
const registry = createRegistry('score');
const score = createScore({ store, journal, sink, rule });
const limits = limitsOf(config);
const app = createScoreApp({ score, store, journal, rule, log, registry, limits });
const serving = await serve(app.listener, { port: config.PORT, host: config.HOST });
process.stdout.write(`${JSON.stringify({ listening: serving.port })}\n`);
process.once('SIGTERM', () => process.exit(0));
