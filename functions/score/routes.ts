import type { RequestListener } from 'node:http';
import express, { type ErrorRequestHandler, type Request, type Response } from 'express';
import { isAccount } from '#shared/domain/pair.ts';
import { transactionId } from '#shared/domain/transaction.ts';
import { AppError, type ErrorCode, toAppError } from '#shared/errors.ts';
import { DEFAULT_CURRENCY, isCurrency } from '#shared/events/currency.ts';
import { invalid, malformed } from '#shared/events/refusals.ts';
import { type Answer, jsonAnswer, refusal, sendAnswer } from '#shared/http/answer.ts';
import { mountOps } from '#shared/http/ops-routes.ts';
import type { Health } from '#shared/http/probes.ts';
import type { ScoreAppParts } from './app.ts';
import type { LogFailure } from './failure-log.ts';
import { toPairJson } from './pair-json.ts';
import { toReceiptJson } from './receipt-json.ts';
import { toRuleJson } from './rule-json.ts';

export type RoutesParts = Pick<ScoreAppParts, 'store' | 'journal' | 'rule' | 'registry'> & {
  readonly health: Health;
  /** What `/rule` says besides the rule. */
  readonly ruleMore: Parameters<typeof toRuleJson>[1];
  readonly checkToken: (authorization: string | undefined) => void;
  readonly logFailure: LogFailure;
  /** Counts a refusal by its reason. */
  readonly refused: (reason: ErrorCode) => void;
};

const ABOUT = {
  name: 'splitwatch score',
  does: 'POST a transaction to / ; GET /pairs/{origin}/{target} for a pair',
  tells: 'GET /transactions/{source}/{id}, both percent-encoded, what was answered; GET /rule',
  ops: ['/healthz', '/readyz', '/metrics'],
};

const READ_ONLY = [
  '/pairs/:origin/:target',
  '/transactions/:source/:id',
  '/rule',
  '/healthz',
  '/readyz',
  '/metrics',
];

/** Counts a refusal and answers it. */
type Refuse = (response: Response, error: AppError, headers?: Record<string, string>) => void;

/** Every route of score but the event path. */
export function createRoutes(parts: RoutesParts): RequestListener {
  const app = express();
  const refuse: Refuse = (response, error, headers = {}) => {
    parts.refused(error.code);
    sendAnswer(response, refusal(error, headers));
  };
  const refuseMethod = (response: Response, allow: string): void => {
    const details = { field: 'method', expected: allow };
    refuse(response, new AppError('method', `method: expected ${allow}`, details), { allow });
  };
  app.disable('x-powered-by');
  app.disable('etag');
  app.get('/', (_request, response) => sendAnswer(response, jsonAnswer(200, ABOUT)));
  app.options('/', (request, response) => sendAnswer(response, handshake(request)));
  app.get('/pairs/:origin/:target', async (request, response) => {
    parts.checkToken(request.headers.authorization);
    sendAnswer(response, await readPair(parts, request));
  });
  app.get('/rule', (request, response) => {
    parts.checkToken(request.headers.authorization);
    sendAnswer(response, jsonAnswer(200, toRuleJson(parts.rule, parts.ruleMore)));
  });
  app.get('/transactions/:source/:id', async (request, response) => {
    parts.checkToken(request.headers.authorization);
    sendAnswer(response, await readReceipt(parts, request));
  });
  mountOps(app, { registry: parts.registry, ...parts.health });
  app.all('/', (_request, response) => refuseMethod(response, 'GET, HEAD, POST, OPTIONS'));
  app.all(READ_ONLY, (_request, response) => refuseMethod(response, 'GET, HEAD'));
  app.use((_request, response) => {
    refuse(response, new AppError('notfound', 'path: nothing is here', { field: 'path' }));
  });
  app.use(answerError(parts.logFailure, refuse));
  return app;
}

/**
 * The webhook handshake of CloudEvents: this door takes events from any origin, at any rate; the
 * token and the in-flight limit protect it.
 */
function handshake(request: Request): Answer {
  const headers: Record<string, string> = { allow: 'GET, HEAD, POST, OPTIONS' };
  const origin = request.headers['webhook-request-origin'];
  if (origin !== undefined) {
    headers['webhook-allowed-origin'] = '*';
    headers['webhook-allowed-rate'] = '*';
  }
  return { status: 204, headers };
}

async function readPair(parts: RoutesParts, request: Request): Promise<Answer> {
  const { origin, target } = request.params as { origin: string; target: string };
  const currency = request.query.currency ?? DEFAULT_CURRENCY;
  if (!isAccount(origin)) throw invalid('origin', 'an account');
  if (!isAccount(target)) throw invalid('target', 'an account');
  if (typeof currency !== 'string' || !isCurrency(currency)) {
    throw invalid('currency', 'an upper-case ISO 4217 code with two decimals such as USD');
  }
  const pair = { origin, target, currency };
  const total = await parts.store.read(pair);
  if (total === undefined) throw new AppError('notfound', 'pair: nothing is known of it');
  return jsonAnswer(200, toPairJson(pair, total, parts.rule));
}

async function readReceipt({ journal, rule }: RoutesParts, request: Request): Promise<Answer> {
  const { source, id } = request.params as { source: string; id: string };
  const name = transactionId(source, id);
  const [first, ...more] = await journal.receipts(name);
  if (first === undefined) {
    throw new AppError('notfound', 'transaction: it has not come, or too long ago', {
      field: 'transaction',
      expected: 'source and id of an event that came within RECEIPTS_MS, percent-encoded',
    });
  }
  return jsonAnswer(200, toReceiptJson(name, [first, ...more], rule));
}

/** Express calls it for whatever a route throws, and for a path that cannot be percent-decoded. */
function answerError(logFailure: LogFailure, refuse: Refuse): ErrorRequestHandler {
  return (thrown: unknown, _request, response, _next) => {
    const isBadPath = thrown instanceof URIError;
    const error = isBadPath ? malformed('path', 'percent-encoded UTF-8') : toAppError(thrown);
    logFailure(error, undefined);
    refuse(response, error);
  };
}
