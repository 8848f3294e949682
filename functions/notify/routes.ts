import type { RequestListener } from 'node:http';
import express, {
  type ErrorRequestHandler,
  type Express,
  type NextFunction,
  type Request,
  type Response,
} from 'express';
import type { Registry } from 'prom-client';
import { AppError, type ErrorCode, toAppError } from '#shared/errors.ts';
import { malformed } from '#shared/events/refusals.ts';
import { jsonAnswer, refusal, sendAnswer } from '#shared/http/answer.ts';
import { mountOps } from '#shared/http/ops-routes.ts';
import type { Log } from '#shared/log.ts';
import { toAlertJson, toSummaryJson } from './alert-json.ts';
import { readAlertQuery, readPosition } from './alert-query.ts';
import type { AlertStore } from './alert-store.ts';
import { logFailure } from './event-door.ts';
import type { EventStreams } from './event-stream.ts';
import { type LineHealth, toLineJson } from './line-health.ts';
import { admit, cookieAttributes, type PageAccess } from './page-access.ts';
import type { PageFile } from './page-files.ts';

export interface RoutesParts {
  readonly store: AlertStore;
  readonly probes: AlertStore | undefined;
  readonly streams: EventStreams;
  /** How the line before it is; undefined where nobody looks. */
  readonly lineHealth: () => LineHealth | undefined;
  readonly files: ReadonlyMap<string, PageFile>;
  readonly access: PageAccess;
  readonly registry: Registry;
  readonly log: Log;
  readonly isReady: () => boolean;
  readonly notReadyReason: () => string | undefined;
  /** Counts a refusal by its reason. */
  readonly refused: (reason: ErrorCode) => void;
}

/** Every route of notify but the event path: the page, what it reads, and the probes. */
export function createRoutes(parts: RoutesParts): RequestListener {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.use(protect);
  const gate = createGate(parts);
  app.get('/', gate, (request, response) => sendFile(parts, request, response, 'index.html'));
  mountAlerts(app, parts, gate);
  app.get('/page/:name', (request, response, next) => {
    const { name } = request.params as { name: string };
    if (parts.files.has(name) && name !== 'index.html') sendFile(parts, request, response, name);
    else next();
  });
  mountOps(app, parts);
  app.all('/', (_request, response) => {
    const allow = 'GET, HEAD, POST';
    const details = { field: 'method', expected: allow };
    parts.refused('method');
    const error = new AppError('method', `method: expected ${allow}`, details);
    sendAnswer(response, refusal(error, { allow }));
  });
  app.use(() => {
    throw new AppError('notfound', 'path: nothing is here', { field: 'path' });
  });
  app.use(answerError(parts));
  return app;
}

function mountAlerts(app: Express, parts: RoutesParts, gate: express.RequestHandler): void {
  const { store, streams } = parts;
  app.get('/alerts', gate, async (request, response) => {
    // Asked for before the list is read: what changes in between comes by /events once more.
    const position = await store.newestPosition();
    const [page, summary] = await Promise.all([
      store.list(readAlertQuery(request.query)),
      store.summary(),
    ]);
    const alerts = page.alerts.map(toAlertJson);
    const next = page.next ?? null;
    const answer = { alerts, next, position, summary: toSummaryJson(summary) };
    sendAnswer(response, jsonAnswer(200, answer));
  });
  app.get('/alerts/:id', gate, async (request, response) => {
    const { id } = request.params as { id: string };
    const alert = await store.read(id);
    if (alert === undefined) throw new AppError('notfound', 'alert: none has this id');
    sendAnswer(response, jsonAnswer(200, toAlertJson(alert)));
  });
  app.get('/probes/:id', gate, async (request, response) => {
    const { id } = request.params as { id: string };
    const alert = await parts.probes?.read(id);
    if (alert === undefined) throw new AppError('notfound', 'probe: no alert of one has this id');
    sendAnswer(response, jsonAnswer(200, toAlertJson(alert)));
  });
  app.get('/line', gate, (_request, response) => {
    sendAnswer(response, jsonAnswer(200, toLineJson(parts.lineHealth())));
  });
  app.get('/events', gate, async (request, response) => {
    const asked = request.headers['last-event-id'] ?? request.query.lastEventId;
    const position = asked === undefined ? await store.newestPosition() : readPosition(asked);
    streams.open(request, response, position);
  });
}

/** Lets in who may see alerts; a token in the address moves into a cookie. */
function createGate(parts: RoutesParts): express.RequestHandler {
  return (request, response, next) => {
    const { authorization, cookie, host } = request.headers;
    const token = request.query.token;
    const queryToken = typeof token === 'string' ? token : undefined;
    const admission = admit(parts.access, { authorization, cookie, host, queryToken });
    if (admission.kind === 'in') return next();
    if (admission.kind === 'in by token') {
      const isSecure = request.headers['x-forwarded-proto'] === 'https';
      response.setHeader('set-cookie', `${admission.cookie}; ${cookieAttributes(isSecure)}`);
      return response.redirect(303, request.path);
    }
    const error = new AppError(admission.code, admission.detail);
    if (request.path !== '/' || !request.accepts('html')) throw error;
    const name = parts.access.kind === 'token' ? 'enter-token.html' : 'closed.html';
    return sendFile(parts, request, response.status(error.status), name);
  };
}

function sendFile(parts: RoutesParts, request: Request, response: Response, name: string): void {
  const file = parts.files.get(name);
  if (file === undefined) throw new Error(`the page has no file ${name}`);
  response.setHeader('content-type', file.type);
  if (name.endsWith('.html')) {
    response.send(file.body);
    return;
  }
  response.setHeader('cache-control', 'no-cache');
  response.setHeader('etag', file.etag);
  if (request.headers['if-none-match'] === file.etag) response.status(304).end();
  else response.send(file.body);
}

const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Headers of every answer: no foreign script, no framing, no guessing, no copy left behind (P). */
function protect(_request: Request, response: Response, next: NextFunction): void {
  response.setHeader('content-security-policy', CONTENT_SECURITY_POLICY);
  response.setHeader('x-content-type-options', 'nosniff');
  response.setHeader('x-frame-options', 'DENY');
  response.setHeader('referrer-policy', 'no-referrer');
  response.setHeader('cross-origin-resource-policy', 'same-origin');
  response.setHeader('cache-control', 'no-store');
  next();
}

/** Express calls it for whatever a route throws, and for a path that cannot be percent-decoded. */
function answerError({ log, refused }: RoutesParts): ErrorRequestHandler {
  return (thrown: unknown, _request, response, _next) => {
    const isBadPath = thrown instanceof URIError;
    const error = isBadPath ? malformed('path', 'percent-encoded UTF-8') : toAppError(thrown);
    refused(error.code);
    logFailure(log, error);
    sendAnswer(response, refusal(error));
  };
}
